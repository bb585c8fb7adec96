import { type Attempt, type Decision, eventTypes, roundedMs } from '@airs-cp/events'
import {
  errorCodes,
  errorMessage,
  hasVersionHeader,
  isObject,
  isRevision,
  isStateless,
  isToolError,
  nameOf,
  newestWithHandshake,
  type RpcMessage,
  type RpcRequest,
  type RpcResponse,
  readMessage,
  type SessionState,
  sealSession,
  standardHeaders,
  toolError,
  toolsOf,
} from '@airs-cp/mcp'
import { type Block, blocksTool, enforces, type McpFacts } from '@airs-cp/policy-engine'
import type { JsonObject, SseFrame } from '@airs-cp/providers'
import type { Logger } from '@airs-cp/runtime'
import { Refusal } from '../admission/refusal.ts'
import type { Recorder } from '../recording/recorder.ts'
import { UpstreamError } from '../upstream/upstream-error.ts'
import { type CallEnd, clientLeft, type McpCall, type McpPost } from './call.ts'
import { callServer, frameOfMessage, type ServerReply } from './call-server.ts'
import { createClientSide, type LastBytes, lastMessage } from './client-side.ts'
import { mcpOpening, recordEnd, recordedText } from './describe-call.ts'
import { type JudgedMessage, type MessageToJudge, mcpSubject } from './judge-message.ts'
import { judgedTogether } from './judged-together.ts'
import { createLink, type Sent } from './link.ts'
import { createQuestions } from './questions.ts'
import type { ToolPins } from './tool-pins.ts'

export type ConversationOptions = {
  fingerprintKey: string
  recorder: Recorder
  judge: (message: MessageToJudge) => JudgedMessage
  pins: ToolPins
  log: Logger
}

type Written = { message: RpcMessage; written: string }

/** Has one exchange with a server, from the decision on to the last byte. @returns its outcome, for metrics. */
export function createConversation(options: ConversationOptions) {
  const { judge, fingerprintKey } = options
  const questions = createQuestions(options)
  const link = createLink()

  return async (call: McpCall, post: Written | undefined): Promise<string> => {
    if (!post) return pass(call, undefined, { headers: headersOf(call, undefined), body: undefined })
    if (post.message.kind === 'response') return answer({ ...call, ...post })
    return ask({ ...call, ...post })
  }

  /** A request or notification of the client's. */
  async function ask(call: McpPost): Promise<string> {
    const { written, message } = handshake(call)
    const json = call.message.json as JsonObject
    const judged = judgeOf(call, 'request', { json, written })
    if (judged.conflict !== undefined) throw new Refusal(400, 'ambiguous_json', judged.conflict)
    const { decision, blockedBy } = judged.evaluation
    const opening = mcpOpening(call)
    const { provider } = call.server
    if (blockedBy) {
      const last = blockedResponse(message, blockedBy, false)
      await call.record.event(eventTypes.requestBlocked, {
        ...opening,
        provider,
        decision,
        status: last.status,
      })
      createClientSide(call.response, call.exchange, () => ({})).end(last, blockedBy.action)
      return 'request-blocked'
    }
    const body = judged.edited ?? written
    const changed = judged.edited !== undefined && {
      forwarded: {
        body: recordedText(call.record, judged.edited),
        changes: ['redacted' as const],
      },
    }
    await call.record.event(eventTypes.requestReceived, { ...opening, provider, decision, ...changed })
    const sent = asSent(message, judged.edited)
    return exchangeWithServer(call, sent, { headers: headersOf(call, sent), body })
  }

  /** The client's answer to what a server asked: it ends the exchange of that question. */
  async function answer(post: McpPost): Promise<string> {
    const { message, written, exchange } = post
    const judged = judgeOf(post, 'request', { json: message.json as JsonObject, written })
    if (judged.conflict !== undefined) throw new Refusal(400, 'ambiguous_json', judged.conflict)
    const { decision, blockedBy } = judged.evaluation
    const forwarded = blockedBy
      ? JSON.stringify(blockedAnswer(message as RpcResponse, blockedBy))
      : (judged.edited ?? written)
    const mine = message as RpcResponse
    const isKnown = await questions.answered(post, message as RpcResponse, {
      ...{ decision, blockedBy, written, forwarded },
    })
    const headers = headersOf(post, message)
    const forLink = readMessage(JSON.parse(forwarded))
    if (forLink.kind === 'response' && link.answers(post, { ...forLink, id: mine.id })) {
      const client = createClientSide(post.response, exchange, () => ({}))
      client.end({ status: 202, bytes: Buffer.alloc(0), mediaType: undefined }, decision.action)
      return 'completed'
    }
    if (!isKnown) {
      // Of a question that this process did not pass on, or that is closed: an exchange of its own.
      await post.record.event(eventTypes.requestReceived, {
        ...mcpOpening(post),
        provider: post.server.provider,
        decision,
      })
      return exchangeWithServer(post, undefined, { headers, body: forwarded })
    }
    const reply = await callServer(post.server, {
      method: 'POST',
      headers,
      body: forwarded,
      signal: post.ended,
    })
    reply.close()
    const client = createClientSide(post.response, exchange, () => ({}))
    client.end({ status: reply.status, bytes: Buffer.alloc(0), mediaType: undefined }, decision.action)
    return reply.status < 400 ? 'completed' : 'failed'
  }

  /** A stream of what the server says of its own accord, or the end of a session: recorded, and passed on. */
  async function pass(call: McpCall, message: undefined, sent: Sent): Promise<string> {
    const decision = judgeOf(call, 'request', { json: {}, written: '{}' }).evaluation.decision
    await call.record.event(eventTypes.requestReceived, {
      ...mcpOpening(call),
      provider: call.server.provider,
      decision,
    })
    return exchangeWithServer(call, message, sent)
  }

  /** From the dispatch on: whatever happens now, an outcome is recorded, and before the client has the end of it. */
  async function exchangeWithServer(
    call: McpCall,
    asked: RpcMessage | undefined,
    sent: Sent,
  ): Promise<string> {
    const { exchange, record, response, server, ended } = call
    const method = exchange.method as 'POST' | 'GET' | 'DELETE'
    const startedAtMs = performance.now()
    const attempt: Attempt = {
      provider: server.provider,
      startedAfterMs: roundedMs(startedAtMs - exchange.startedAtMs),
      durationMs: 0,
    }
    const fromServer = record.openBody()
    let toClient = mayChange(call) ? record.openBody() : undefined
    let reply: ServerReply | undefined
    let firstByteMs: number | undefined
    let isStream = false
    let isChanged = false
    let session: Record<string, string> = {}
    const decisions = judgedTogether()
    let messages = 0
    const client = createClientSide(response, exchange, () => session)
    const opened = questions.open(call)

    /** The head of a response to a handshake names the session, which its result decides on: nothing goes out before. */
    const isHandshake = asked?.kind === 'request' && asked.method === 'initialize'
    const early: Buffer[] = []
    const passOn = async (frame: SseFrame) => {
      if (isHandshake) {
        early.push(frame.raw)
        return
      }
      toClient?.push(frame.raw)
      await client.frame(frame.raw)
    }

    const take = async (): Promise<{ end: CallEnd; last: LastBytes }> => {
      reply = await link.ask(call, asked, sent)
      if (reply.isTranslated) toClient ??= record.openBody()
      attempt.status = reply.status
      firstByteMs = performance.now() - exchange.startedAtMs
      isStream = reply.kind === 'stream'
      if (reply.status === 401 || reply.status === 403)
        throw failed(
          'upstream_unreachable',
          `MCP server ${server.name} refuses the credential of this gateway (status ${reply.status})`,
        )
      for await (const frame of reply.frames()) {
        fromServer.push(frame.original ?? frame.raw)
        if (frame.data.trim() === '' && isStream) {
          await passOn(frame)
          continue
        }
        if (reply.kind === 'text') break
        const { message, written } = readFrameMessage(frame, server.name)
        const isAnswer = message.kind === 'response'
        if (isAnswer && asked?.kind === 'request') checkId(asked, message, server.name)
        if (isAnswer && !isStream && asked === undefined && method === 'POST') break
        const judged = judgeOf(call, 'response', { json: message.json as JsonObject, written })
        if (judged.conflict !== undefined)
          throw failed(
            'upstream_malformed',
            `MCP server ${server.name} sent a message that can be read in two ways: ${judged.conflict}`,
          )
        decisions.add(judged.evaluation.decision)
        const { blockedBy } = judged.evaluation
        if (blockedBy || judged.edited !== undefined) isChanged = true
        if (isAnswer && (asked?.kind === 'request' || !isStream))
          return await lastOf(asked, message, judged, written, blockedBy)
        if (isAnswer) {
          // A stream that goes on after a break brings the result of an earlier request.
          await passOn(
            blockedBy
              ? frameOfMessage(JSON.stringify(blockedResult(message.id, undefined, blockedBy)))
              : edited(frame, judged),
          )
          continue
        }
        messages += 1
        if (blockedBy) {
          if (message.kind === 'request') await refuseQuestion(call, message, blockedBy)
          continue
        }
        if (message.kind === 'request') await opened.ask(message, judged, written)
        await passOn(edited(frame, judged))
      }
      return endWithoutResult()
    }

    const lastOf = async (
      question: RpcMessage | undefined,
      message: RpcResponse,
      judged: JudgedMessage,
      written: string,
      blockedBy: Block | undefined,
    ): Promise<{ end: CallEnd; last: LastBytes }> => {
      const listed = blockedBy
        ? undefined
        : await listTools(call, question, message, judged.edited ?? written)
      if (listed) {
        decisions.add(listed.decision)
        isChanged = true
      }
      const decision = decisions.decision()
      if (blockedBy)
        return {
          end: { kind: 'blocked', status: 200, decision, messages },
          last: lastMessage(
            JSON.stringify(blockedResult(message.id, question, blockedBy)),
            isStream || client.isBegun(),
          ),
        }
      const agreed =
        question?.kind === 'request' && question.method === 'initialize'
          ? agree(call, message, reply!)
          : undefined
      if (agreed) session = { 'mcp-session-id': agreed }
      const status = reply!.status
      const last = lastMessage(listed?.text ?? judged.edited ?? written, isStream || client.isBegun(), status)
      const base = { status, decision, messages }
      if (message.error)
        return {
          end: {
            ...base,
            kind: 'failed',
            errorCode: message.error.code,
            error: {
              code: 'mcp_error',
              message: `MCP server ${server.name} responded with JSON-RPC error ${message.error.code}`,
            },
          },
          last,
        }
      if (isToolError(message.result))
        return {
          end: {
            ...base,
            kind: 'failed',
            isToolError: true,
            error: {
              code: 'tool_error',
              message: `A tool of MCP server ${server.name} reported that it failed`,
            },
          },
          last,
        }
      return { end: { ...base, kind: 'completed' }, last }
    }

    /** The body is over, and there was no result in it. */
    const endWithoutResult = (): { end: CallEnd; last: LastBytes } => {
      const { status } = reply!
      const nothing = { status, bytes: Buffer.alloc(0), mediaType: undefined }
      if (status >= 400) {
        if (asked?.kind === 'request' && status !== 404 && status !== 405)
          throw failed(
            'upstream_malformed',
            `MCP server ${server.name} responded with status ${status} and no message`,
          )
        return {
          end: {
            kind: 'failed',
            status,
            error: {
              code: 'upstream_status',
              message: `MCP server ${server.name} responded with status ${status}`,
            },
          },
          last: lastMessage(
            JSON.stringify(
              errorMessage(
                asked?.kind === 'request' ? asked.id : undefined,
                errorCodes.serverFailed,
                `MCP server ${server.name} responded with status ${status}`,
              ),
            ),
            false,
            status,
          ),
        }
      }
      if (asked?.kind === 'request')
        throw failed('upstream_cut', `MCP server ${server.name} ended its response without a result`)
      return {
        end: { kind: 'completed', status, decision: decisions.decision(), messages },
        last: isStream ? { ...nothing, mediaType: 'text/event-stream' } : nothing,
      }
    }

    let closing: { end: CallEnd; last: LastBytes | 'cut' | 'none' }
    try {
      closing = await take()
    } catch (error) {
      closing = closingOf(error)
    }

    function closingOf(error: unknown): { end: CallEnd; last: LastBytes | 'cut' | 'none' } {
      const status = client.isBegun() ? 200 : 499
      const decision = decisions.decision()
      if (ended.aborted && ended.reason === clientLeft) return { end: { kind: 'left', status }, last: 'none' }
      // A stream that nothing ended is closed at its time; clients open the next one.
      if (ended.aborted && isStream && asked?.kind !== 'request')
        return {
          end: { kind: 'completed', status: 200, decision, messages },
          last: { status: 200, bytes: Buffer.alloc(0), mediaType: 'text/event-stream' },
        }
      const failure = ended.aborted
        ? failed(
            'upstream_timeout',
            `MCP server ${server.name} did not respond within ${server.limits.totalMs} ms (limits.totalMs)`,
          )
        : error
      if (!(failure instanceof UpstreamError)) throw error
      options.log.warn({ err: failure, exchange: exchange.id, server: server.name }, 'mcp server failed')
      attempt.error = failure.message
      const { code, message } = failure
      const id = asked?.kind === 'request' ? asked.id : undefined
      const text = JSON.stringify(errorMessage(id, errorCodes.serverFailed, message, { reason: code }))
      const isRequest = asked?.kind === 'request'
      const last =
        isRequest || !client.isBegun()
          ? lastMessage(text, client.isBegun(), isRequest ? 200 : failure.status)
          : 'cut'
      return {
        end: {
          kind: 'failed',
          status: isRequest ? 200 : failure.status,
          error: { code, message },
          decision,
          messages,
        },
        last,
      }
    }

    attempt.durationMs = roundedMs(performance.now() - startedAtMs)
    const { end, last } = closing
    if (typeof last === 'object' && isStream && early.length > 0)
      last.bytes = Buffer.concat([...early, last.bytes])
    if (typeof last === 'object') toClient?.push(last.bytes)
    const mediaType = isStream
      ? 'text/event-stream'
      : String(reply?.headers['content-type'] ?? 'application/json')
    const mustTell = isChanged || end.kind === 'blocked' || reply?.isTranslated === true
    try {
      await opened.close()
      await recordEnd(
        exchange,
        record,
        {
          ...{ server, attempts: [attempt], firstByteMs },
          body: fromServer.bytes() > 0 ? fromServer.finish(mediaType) : undefined,
          delivered: mustTell ? toClient?.finish(mediaType) : undefined,
        },
        end,
      )
    } catch (error) {
      if (response.headersSent) response.destroy()
      throw error
    } finally {
      reply?.close()
    }
    if (last === 'cut') client.cut()
    else if (last !== 'none') client.end(last, end.decision?.action ?? 'allow')
    return outcomeNames[end.kind]
  }

  /** Pins the tools of a list, and leaves out those that a policy lets nobody call. @returns undefined where all stay. */
  async function listTools(
    { server, exchange, set, caller }: McpCall,
    asked: RpcMessage | undefined,
    { result, json }: RpcResponse,
    written: string,
  ): Promise<{ text: string; decision: Decision } | undefined> {
    if (asked?.kind !== 'request' || asked.method !== 'tools/list') return undefined
    const tools = toolsOf(result)
    await options.pins.note(server, tools, exchange.id)
    const subject = mcpSubject(exchange, server)
    const withheld = judgedTogether()
    const left = new Set<JsonObject>()
    for (const { name, definition } of tools) {
      const isDrifted = options.pins.isDrifted(server.name, name)
      const facts = { server: server.name, tool: name, method: '', arguments: {}, caller, isDrifted }
      const blocked = blocksTool(set, subject, facts, fingerprintKey)
      if (blocked) withheld.add({ ...blocked.decision, action: 'redact' })
      else left.add(definition)
    }
    const decision = withheld.decision()
    if (!decision || !isObject(json.result)) return undefined
    const kept = { ...(JSON.parse(written) as JsonObject) }
    const all = isObject(kept.result) && Array.isArray(kept.result.tools) ? kept.result.tools : []
    const names = new Set([...left].map(({ name }) => name))
    const shown = all.filter((tool) => isObject(tool) && names.has(tool.name))
    return {
      text: JSON.stringify({ ...kept, result: { ...(kept.result as JsonObject), tools: shown } }),
      decision,
    }
  }

  function judgeOf(
    call: McpCall,
    direction: 'request' | 'response',
    { json, written }: { json: JsonObject; written: string },
  ): JudgedMessage {
    const { set, exchange, server } = call
    const judged = judge({
      ...{ set, direction, exchange, server, json, written },
      facts: factsOf(call, direction, json, options.pins),
    })
    call.cover.add(judged)
    return judged
  }

  async function refuseQuestion(call: McpCall, question: RpcRequest, { message }: Block): Promise<void> {
    const body = JSON.stringify(errorMessage(question.id, errorCodes.blocked, message))
    const headers = headersOf(call, undefined)
    const reply = await callServer(call.server, { method: 'POST', headers, body, signal: call.ended })
    reply.close()
  }

  /** What a client agrees on with a server, sealed into the session id that the client gets. @throws UpstreamError */
  function agree(
    { exchange, server, message }: McpCall,
    { result }: RpcResponse,
    reply: ServerReply,
  ): string | undefined {
    if (!isObject(result)) return undefined
    const upstream = reply.upstream ?? result.protocolVersion
    const client = result.protocolVersion
    if (!isRevision(upstream) || !isRevision(client) || isStateless(client))
      throw failed(
        'upstream_malformed',
        `MCP server ${server.name} chose revision ${JSON.stringify(upstream)?.slice(0, 40)}, which is not known here`,
      )
    const params = message?.kind === 'request' ? message.params : {}
    const given = reply.headers['mcp-session-id']
    const state: SessionState = {
      ...{ server: server.name, caller: exchange.caller ?? '', session: exchange.session },
      ...{ client, upstream },
      ...(typeof given === 'string' && { upstreamSession: given }),
      ...(isObject(params.clientInfo) && { clientInfo: params.clientInfo }),
      ...(isObject(params.capabilities) && { clientCapabilities: params.capabilities }),
    }
    return sealSession(state, fingerprintKey)
  }
}

/** Whether policies may change what comes from the server, so that what the client got is recorded too. */
function mayChange({ set, exchange, server }: McpCall): boolean {
  const subject = mcpSubject(exchange, server)
  return enforces(set, 'response', subject) || enforces(set, 'request', subject)
}

const outcomeNames: Record<CallEnd['kind'], string> = {
  completed: 'completed',
  blocked: 'response-blocked',
  failed: 'failed',
  left: 'aborted',
}

/** A revision that nobody knows here is not offered to a server: it might be taken. */
function handshake({ message, written }: McpPost): Written {
  if (message.kind !== 'request' || message.method !== 'initialize') return { message, written }
  if (isRevision(message.params.protocolVersion) && !isStateless(message.params.protocolVersion))
    return { message, written }
  const json = { ...message.json, params: { ...message.params, protocolVersion: newestWithHandshake } }
  return { message, written: JSON.stringify(json) }
}

/** The message that is sent: what a policy took out of it must be neither in its headers nor in its translation. */
function asSent(message: RpcMessage, text: string | undefined): RpcMessage {
  const sent = text === undefined ? message : readMessage(JSON.parse(text))
  return sent.kind === 'invalid' ? message : sent
}

/** What a server receives beside the body: nothing of the client's but what the protocol gives a meaning to. */
function headersOf(
  { request, state, revision, exchange, mirrored }: McpCall,
  message: RpcMessage | undefined,
): Record<string, string> {
  const { headers } = request
  const isStream = exchange.method === 'GET'
  const named: Record<string, string> = {
    accept: isStream ? 'text/event-stream' : 'application/json, text/event-stream',
    ...(exchange.method === 'POST' && { 'content-type': 'application/json' }),
    ...(exchange.traceparent !== undefined && { traceparent: exchange.traceparent }),
  }
  const spoken = state?.upstream ?? revision
  const isHandshake = message?.kind === 'request' && message.method === 'initialize'
  if (hasVersionHeader(spoken) && !isHandshake) named['mcp-protocol-version'] = spoken
  if (state?.upstreamSession !== undefined) named['mcp-session-id'] = state.upstreamSession
  if (isStateless(spoken) && message) Object.assign(named, standardHeaders(message, mirrored))
  const last = headers['last-event-id']
  if (isStream && last !== undefined) named['last-event-id'] = String(last)
  return named
}

function factsOf(
  call: McpCall,
  direction: 'request' | 'response',
  json: JsonObject,
  pins: ToolPins,
): McpFacts {
  const asked = direction === 'request' ? readMessage(json) : call.message
  const of = asked && (asked.kind === 'request' || asked.kind === 'notification') ? asked : undefined
  const params = of?.params ?? {}
  const tool = of?.method === 'tools/call' ? (nameOf(of.method, params) ?? '') : ''
  return {
    server: call.server.name,
    tool,
    method: of?.method ?? '',
    arguments: params.arguments ?? {},
    caller: call.caller,
    isDrifted: tool !== '' && pins.isDrifted(call.server.name, tool),
  }
}

function readFrameMessage(frame: SseFrame, server: string): { message: RpcMessage; written: string } {
  let json: unknown
  try {
    json = JSON.parse(frame.data)
  } catch {
    throw failed('upstream_malformed', `MCP server ${server} sent a message that is no JSON`)
  }
  const message = readMessage(json)
  if (message.kind === 'invalid')
    throw failed(
      'upstream_malformed',
      `MCP server ${server} sent a message that is no JSON-RPC: ${message.problem}`,
    )
  return { message, written: frame.data }
}

/** @throws UpstreamError where the response is one to something else: nobody can say to what. */
function checkId(asked: RpcRequest, { id, error }: RpcResponse, server: string): void {
  if (id === asked.id || (id === undefined && error)) return
  throw failed(
    'upstream_malformed',
    `MCP server ${server} responded to a request with id ${JSON.stringify(id)?.slice(0, 60)}, and the id that was asked is ${JSON.stringify(asked.id).slice(0, 60)}`,
  )
}

function edited(frame: SseFrame, { edited: text }: JudgedMessage): SseFrame {
  return text === undefined ? frame : frameOfMessage(text)
}

/** The result that a client gets instead. A model can read what a tool says, so of a tool it is one that failed. */
function blockedResult(id: RpcResponse['id'], asked: RpcMessage | undefined, by: Block): JsonObject {
  if (asked?.kind === 'request' && asked.method === 'tools/call') return toolError(asked.id, blockedText(by))
  const data = { policy: by.policy, action: by.action }
  return errorMessage(id, errorCodes.blocked, blockedText(by), data)
}

function blockedText({ message, retryAfterSeconds, policy }: Block): string {
  const wait = retryAfterSeconds === undefined ? '' : ` (retry after ${retryAfterSeconds} seconds)`
  return `${message}${wait} [policy ${policy}]`
}

/** For a request that must not go to its server. */
function blockedResponse(message: RpcMessage, by: Block, isStream: boolean): LastBytes {
  const id = message.kind === 'request' ? message.id : undefined
  const status = message.kind === 'request' ? 200 : 403
  return lastMessage(JSON.stringify(blockedResult(id, message, by)), isStream, status)
}

function blockedAnswer({ id }: RpcResponse, by: Block): JsonObject {
  return errorMessage(id, errorCodes.blocked, blockedText(by))
}

function failed(code: UpstreamError['code'], message: string): UpstreamError {
  return new UpstreamError(code, message)
}
