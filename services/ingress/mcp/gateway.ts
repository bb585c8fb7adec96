import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ContentLevel, eventTypes } from '@airs-cp/events'
import { errorCodes, errorMessage, type MirroredParam, metaOf, nameOf, paramProblem } from '@airs-cp/mcp'
import type { Logger } from '@airs-cp/runtime'
import { createAdmission, type KeyPolicy } from '../admission/admit-client.ts'
import { refuseLoop } from '../admission/hops.ts'
import { identify, isTraceparent, sessionOfTrace } from '../admission/identify.ts'
import { obeyControls, unguardedBy } from '../admission/obey-controls.ts'
import { refuseQuarantined } from '../admission/quarantine.ts'
import { readBody } from '../admission/read-body.ts'
import { Refusal, toRefusal } from '../admission/refusal.ts'
import type { Room } from '../admission/room.ts'
import type { Controls } from '../controls/follow-controls.ts'
import type { Recorder } from '../recording/recorder.ts'
import type { IngressMetrics } from '../telemetry/metrics.ts'
import { createExchangeTracer, joinTrace } from '../telemetry/trace-exchange.ts'
import { ownHeaders } from '../upstream/headers.ts'
import { createCallerAdmission } from './admit-caller.ts'
import { clientLeft, type McpArrival, type McpCall, timeIsOver } from './call.ts'
import { createConversation } from './conversation.ts'
import { createMessageCover } from './cover-messages.ts'
import { mcpOpening } from './describe-call.ts'
import { createMessageJudge } from './judge-message.ts'
import { McpRefusal, rpcCodeOf } from './mcp-refusal.ts'
import { aboutOf, readPost, refuseManyValues, revisionOf, sessionOf } from './read-post.ts'
import { refuseTool } from './refuse-tool.ts'
import { challengeOf, resourceOf } from './resource-metadata.ts'
import type { McpSettings } from './server-settings.ts'
import type { McpServers } from './servers.ts'
import type { ToolPins } from './tool-pins.ts'
import { bearerToken, createTokenVerifier, identifyByToken } from './verify-token.ts'

export type McpGatewayOptions = {
  tenant: string
  fingerprintKey: string
  recordContent: ContentLevel
  keys: KeyPolicy
  maxJsonValues: number
  room: Room
  /** Names this process in the hop header. */
  instanceId: string
  servers: McpServers
  mcp: Pick<McpSettings, 'authorization' | 'publicUrl'>
  pins: ToolPins
  controls: Pick<Controls, 'mode' | 'policies' | 'keys' | 'quarantine' | 'usage' | 'throttle'>
  recorder: Recorder
  metrics: IngressMetrics
  log: Logger
}

const pathPattern = /^\/mcp\/([a-z0-9][a-z0-9-]{0,62})\/?$/

/** Whether a path is the gateway's, whether or not there is such a server. */
export function isMcpPath(url: string): boolean {
  return /^\/mcp(?:[/?]|$)/.test(url)
}

/**
 * The way of one exchange with an MCP server: identify, admit, read, decide, record, ask and judge, record, finish. As with models,
 * nothing goes to the server before it is recorded, and the result does not go to the client before the outcome is.
 */
export function createMcpGateway(options: McpGatewayOptions) {
  const { servers, metrics, log, fingerprintKey, room } = options
  const admission = createAdmission(options.controls, options.keys)
  const { authorization, publicUrl } = options.mcp
  const admitCaller = createCallerAdmission(options.controls, options.keys, authorization !== undefined)
  const authorize = authorization && createTokenVerifier(authorization)
  const converse = createConversation({
    ...options,
    judge: createMessageJudge(fingerprintKey, options.controls.throttle),
  })
  const beginTrace = createExchangeTracer()

  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = identify(request, options.tenant, fingerprintKey)
    exchange.unguarded = unguardedBy(options.controls.mode())
    if (beginTrace) joinTrace(exchange, beginTrace(exchange))
    const key = admission.recognize(request, exchange)
    const ended = new AbortController()
    response.on('close', () => ended.abort(clientLeft))
    let timer: NodeJS.Timeout | undefined
    const name = pathPattern.exec(exchange.path)?.[1]
    const arrival: McpArrival = {
      ...{ exchange, request, response, message: undefined, body: Buffer.alloc(0) },
      record: options.recorder.open(exchange),
      about: { server: name ?? '', kind: 'request', direction: 'client-to-server' },
      ended: ended.signal,
    }
    const report = (outcome: string, provider: string, status: number) => {
      metrics.exchange(outcome, provider, status, performance.now() - exchange.startedAtMs)
      exchange.trace?.end(outcome, status, undefined)
    }
    const place = room.open(key !== undefined || !admission.knowsKeys())
    try {
      refuseLoop(exchange, options.instanceId)
      const server = name === undefined ? undefined : servers.find(name)
      if (!server) throw unknownServer(exchange.path, servers.names)
      if (!['POST', 'GET', 'DELETE'].includes(exchange.method)) throw wrongMethod(exchange.method)
      const token = key ? undefined : bearerToken(request)
      const identity =
        authorize && token !== undefined
          ? await authorize(token, resourceOf(request, publicUrl, server.name))
          : undefined
      if (identity) identifyByToken(exchange, identity, fingerprintKey)
      else admission.refuseEarly(request, exchange, key)
      const caller = admitCaller(exchange, server, key, identity)
      place.enter(exchange, request.socket.remoteAddress)
      const { set, quarantine } = obeyControls(options.controls)
      if (exchange.method === 'POST')
        arrival.body = await readBody(request, server.limits.requestBytes, place.lease, 'limits.requestBytes')
      const state = sessionOf(request.headers, server.name, exchange.caller ?? '', fingerprintKey)
      if (state && !exchange.isSessionNamed && exchange.traceparent === undefined)
        exchange.session = state.session
      await refuseManyValues(arrival.body, options.maxJsonValues)
      const post = exchange.method === 'POST' ? readPost(arrival.body) : undefined
      if (post) {
        arrival.message = post.message
        Object.assign(arrival.about, aboutOf(post.message))
        if (post.message.kind !== 'response')
          joinClientTrace(exchange, metaOf(post.message.params).traceparent)
      } else arrival.about.kind = exchange.method === 'GET' ? 'stream' : 'session'
      // The session may have changed since the recorder was opened.
      arrival.record = options.recorder.open(exchange)
      const revision = revisionOf(request.headers, post?.message, state)
      arrival.about.clientRevision = revision
      const mirrored = mirroredOf(arrival, server.name)
      refuseContradiction(arrival, mirrored)
      refuseQuarantined(quarantine, set.mode, exchange)
      if (post && set.mode === 'enforce') await refuseTool(post, server, options.pins)
      timer = setTimeout(() => ended.abort(timeIsOver), server.limits.totalMs)
      const cover = createMessageCover(options.recordContent, set)
      arrival.record.coverBy(cover)
      const call: McpCall = { ...arrival, server, revision, state, caller, mirrored, set, cover }
      const outcome = await converse(call, post)
      report(outcome, server.provider, response.statusCode)
    } catch (error) {
      const refusal = toRefusal(error)
      if (refusal.error.status >= 500) log.warn({ err: error, exchange: exchange.id }, 'mcp exchange refused')
      await refuse(arrival, refusal)
      report('refused', 'none', refusal.error.status)
    } finally {
      clearTimeout(timer)
      place.leave()
    }
  }

  function mirroredOf({ message }: McpArrival, server: string): readonly MirroredParam[] | undefined {
    if (message?.kind !== 'request' || message.method !== 'tools/call') return []
    return options.pins.mirrored(server, nameOf(message.method, message.params) ?? '')
  }

  /** One that cannot be recorded has status 503. What fails once the outcome is recorded is no refusal: the client is cut off. */
  async function refuse(arrival: McpArrival, refusal: Refusal): Promise<void> {
    const { record, response } = arrival
    if (response.headersSent || record.isEnded()) {
      response.destroy()
      return
    }
    if (refusal.error.status === 401 && !response.headersSent)
      response.setHeader(
        'www-authenticate',
        challengeOf(arrival.request, publicUrl, arrival.about.server, refusal),
      )
    if (refusal.error.code !== 'audit_unavailable')
      try {
        const { status, code, message } = refusal.error
        await record.event(eventTypes.requestRejected, {
          ...(await mcpOpening(arrival)),
          status,
          error: { code: code ?? 'error', message },
        })
      } catch (unrecorded) {
        sendRefusal(arrival, toRefusal(unrecorded))
        return
      }
    sendRefusal(arrival, refusal)
  }
}

/** @throws McpRefusal -32020 where a header says another argument than the body. */
function refuseContradiction(
  { message, request }: McpArrival,
  mirrored: readonly MirroredParam[] = [],
): void {
  if (message?.kind !== 'request') return
  const { arguments: args } = message.params
  const problem = paramProblem(request.headers, mirrored, args)
  if (problem !== undefined) throw new McpRefusal(400, 'header_mismatch', errorCodes.headerMismatch, problem)
}

function sendRefusal({ exchange, response, message }: McpArrival, refusal: Refusal): void {
  const { status, message: text } = refusal.error
  const id = message?.kind === 'request' ? message.id : undefined
  const of = refusal instanceof McpRefusal ? refusal : { data: undefined, headers: {} }
  const bytes = Buffer.from(JSON.stringify(errorMessage(id, rpcCodeOf(refusal), text, of.data)))
  if (response.destroyed) return
  response.writeHead(status, {
    ...ownHeaders(exchange, 'refused'),
    ...of.headers,
    ...(refusal.retryAfterSeconds !== undefined && { 'retry-after': String(refusal.retryAfterSeconds) }),
    'content-type': 'application/json',
    'content-length': bytes.length,
  })
  response.end(bytes)
}

/** The trace that an agent names in the message itself counts where no header names one. */
function joinClientTrace(exchange: McpArrival['exchange'], traceparent: unknown): void {
  if (exchange.traceparent !== undefined || !isTraceparent(traceparent)) return
  exchange.traceparent = traceparent
  if (!exchange.isSessionNamed) exchange.session = sessionOfTrace(traceparent)!
}

function unknownServer(path: string, names: readonly string[]): Refusal {
  const known = names.length > 0 ? `there are: ${names.join(', ')}` : 'none is configured (AIRS_MCP_FILE)'
  return new Refusal(
    404,
    'unknown_server',
    `No MCP server is at ${path.slice(0, 100)}; a path is /mcp/NAME, and of servers ${known}`,
  )
}

function wrongMethod(method: string): McpRefusal {
  const message = `An MCP endpoint takes POST, GET and DELETE, and this is ${method}`
  return new McpRefusal(405, 'method_not_allowed', -32600, message, {
    headers: { allow: 'POST, GET, DELETE' },
  })
}
