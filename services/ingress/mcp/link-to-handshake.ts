import { randomUUID } from 'node:crypto'
import {
  discoverResult,
  errorCodes,
  errorMessage,
  hasVersionHeader,
  inputRequiredResult,
  isObject,
  isRevision,
  isStateless,
  type JsonObject,
  newestWithHandshake,
  type Peer,
  peerOf,
  type Revision,
  type RpcMessage,
  type RpcRequest,
  response,
  resultToStateless,
  revisions,
  toHandshake,
} from '@airs-cp/mcp'
import { UpstreamError } from '../upstream/upstream-error.ts'
import { clientLeft, type McpCall } from './call.ts'
import { callServer, type ServerFrame, type ServerReply } from './call-server.ts'
import { messageOf, ownReply, translated } from './reply.ts'
import type { McpServer } from './servers.ts'

/** A session with a server, kept for a client that knows no sessions. */
type Session = { id: string | undefined; revision: Revision; initialized: JsonObject }

/** A call that a server has broken off to ask the client something, and that goes on when the client comes back. */
type Held = {
  owner: string
  frames: AsyncGenerator<ServerFrame>
  reply: ServerReply
  /** Of the request that the server is still working on. */
  askedId: RpcRequest['id']
  question: RpcRequest
  session: Session
  stop: AbortController
  /** Tells the server that nobody waits for the result any more. */
  cancel: (reason: string) => void
  timer: NodeJS.Timeout
}

const mostSessions = 1_000
const mostHeld = 1_000
/** So long a server waits for the client's answer. */
const heldMs = 300_000
const noticeMs = 5_000

export function createHandshakes() {
  const sessions = new Map<string, Promise<Session>>()
  const held = new Map<string, Held>()

  async function sessionOf(
    key: string,
    server: McpServer,
    peer: Peer,
    signal: AbortSignal,
  ): Promise<Session> {
    const present = sessions.get(key)
    if (present) {
      // The one that was used last is dropped last.
      sessions.delete(key)
      sessions.set(key, present)
      return present
    }
    const begun = begin(server, peer, signal)
    sessions.set(key, begun)
    begun.catch(() => sessions.delete(key))
    const oldest = sessions.size > mostSessions ? sessions.keys().next().value : undefined
    if (oldest !== undefined) sessions.delete(oldest)
    return begun
  }

  /** A message of a client without a session. @throws UpstreamError */
  async function ask(call: McpCall, message: RpcMessage | undefined): Promise<ServerReply> {
    const { server, exchange, ended } = call
    if (!message) return ownReply(405, undefined)
    if (message.kind !== 'request') return ownReply(202, undefined)
    const { id, method, params } = message
    const peer = peerOf(params)
    const owner = JSON.stringify([server.name, exchange.caller])
    const key = JSON.stringify([server.name, exchange.caller, peer])
    if (method === 'subscriptions/listen')
      return ownReply(404, errorMessage(id, errorCodes.methodNotFound, `Method not found: ${method}`))
    const token = params.requestState
    const waiting = typeof token === 'string' ? held.get(token) : undefined
    if (waiting?.owner === owner) return goOn(call, message, waiting, token as string)
    let session = await sessionOf(key, server, peer, ended)
    if (method === 'server/discover')
      return ownReply(200, response(id, discoverResult(session.initialized, revisions)))
    const stop = new AbortController()
    // Clients that say the same of themselves share a session, in which an id stands for one request.
    const askedId = `airs-${randomUUID()}`
    const body = JSON.stringify(toHandshake({ ...message.json, id: askedId }))
    const send = () =>
      callServer(server, { method: 'POST', headers: headersOf(session), body, signal: stop.signal })
    const cancel = (reason: string) => tellCancelled(server, session, askedId, reason)
    const follow = followEnd(ended, stop, cancel)
    let reply = await send()
    if (reply.status === 404 && session.id !== undefined) {
      reply.close()
      sessions.delete(key)
      session = await sessionOf(key, server, peer, ended)
      reply = await send()
    }
    return passOn({
      ...{ reply, frames: reply.frames(), message, askedId, session, owner, stop, cancel, follow },
    })
  }

  type PassedOn = Omit<Held, 'question' | 'timer'> & { message: RpcRequest; follow: () => void }

  function passOn(under: PassedOn): ServerReply {
    const { reply, stop, follow } = under
    const state = { isHeld: false }
    return {
      ...reply,
      isTranslated: true,
      frames: () => translatedFrames(under, state),
      close() {
        if (state.isHeld) return
        follow()
        reply.close()
        if (reply.kind === 'stream') stop.abort()
      },
    }
  }

  async function* translatedFrames(under: PassedOn, state: { isHeld: boolean }): AsyncGenerator<ServerFrame> {
    const { reply, frames, message, askedId, session, follow } = under
    const { serverInfo } = session.initialized
    for (;;) {
      const { done, value: frame } = await frames.next()
      if (done) return
      const found = messageOf(frame)
      if (found?.kind === 'response' && found.id === askedId) {
        const result = isObject(found.result)
          ? {
              result: resultToStateless(
                found.result,
                message.method,
                isObject(serverInfo) ? serverInfo : undefined,
              ),
            }
          : {}
        yield translated(frame, JSON.stringify({ ...found.json, id: message.id, ...result }), reply.kind)
        return
      }
      if (found?.kind === 'request') {
        state.isHeld = true
        follow()
        const token = hold({ ...under, question: found })
        const result = inputRequiredResult(String(found.id), found, token)
        yield translated(frame, JSON.stringify(response(message.id, result)), reply.kind)
        return
      }
      yield frame
    }
  }

  function hold(waiting: Omit<Held, 'timer'>): string {
    const token = randomUUID()
    const oldest = held.size >= mostHeld ? held.keys().next().value : undefined
    if (oldest !== undefined) drop(oldest)
    const timer = setTimeout(drop, heldMs, token)
    timer.unref()
    held.set(token, { ...waiting, timer })
    return token
  }

  function drop(token: string): void {
    const { stop, cancel, timer } = held.get(token)!
    held.delete(token)
    clearTimeout(timer)
    stop.abort()
    cancel('The client has not come back with what was asked for')
  }

  /** The client has come back with what the server asked for. */
  async function goOn(
    call: McpCall,
    message: RpcRequest,
    waiting: Held,
    token: string,
  ): Promise<ServerReply> {
    const { server, ended } = call
    const { question, session, timer, stop, cancel } = waiting
    held.delete(token)
    clearTimeout(timer)
    const given = isObject(message.params.inputResponses)
      ? message.params.inputResponses[String(question.id)]
      : undefined
    const answer = isObject(given)
      ? { jsonrpc: '2.0', id: question.id, result: given }
      : errorMessage(question.id, errorCodes.invalidRequest, 'The client did not respond')
    const delivered = await callServer(server, {
      ...{ method: 'POST', headers: headersOf(session), body: JSON.stringify(answer) },
      signal: ended,
    })
    delivered.close()
    return passOn({ ...waiting, message, follow: followEnd(ended, stop, cancel) })
  }

  return { ask }
}

/**
 * Ends a call when its exchange ends. A client without sessions cancels by leaving; the server does not take that as such.
 * @returns lets it go on alone.
 */
function followEnd(ended: AbortSignal, stop: AbortController, cancel: Held['cancel']): () => void {
  const end = () => {
    stop.abort(ended.reason)
    cancel(ended.reason === clientLeft ? 'The client has left' : 'The time of the call is over')
  }
  ended.addEventListener('abort', end, { once: true })
  return () => ended.removeEventListener('abort', end)
}

/** Whether it arrives changes nothing for the client. */
function tellCancelled(
  server: McpServer,
  session: Session,
  requestId: RpcRequest['id'],
  reason: string,
): void {
  const params = { requestId, reason }
  void callServer(server, {
    ...{ method: 'POST', headers: headersOf(session), signal: AbortSignal.timeout(noticeMs) },
    body: JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }),
  }).then(
    (reply) => reply.close(),
    () => {},
  )
}

async function begin(server: McpServer, { info, capabilities }: Peer, signal: AbortSignal): Promise<Session> {
  const params = { protocolVersion: newestWithHandshake, capabilities, clientInfo: info }
  const reply = await callServer(server, {
    ...{ method: 'POST', headers: headersOf(undefined), signal },
    body: JSON.stringify({ jsonrpc: '2.0', id: 'airs-initialize', method: 'initialize', params }),
  })
  let initialized: JsonObject | undefined
  for await (const frame of reply.frames()) {
    const found = messageOf(frame)
    if (found?.kind !== 'response') continue
    if (isObject(found.result)) initialized = found.result
    break
  }
  reply.close()
  const revision = initialized?.protocolVersion
  if (!initialized || !isRevision(revision) || isStateless(revision))
    throw new UpstreamError(
      'upstream_malformed',
      `MCP server ${server.name} took no handshake (status ${reply.status})`,
    )
  const given = reply.headers['mcp-session-id']
  const session = { id: typeof given === 'string' ? given : undefined, revision, initialized }
  const noted = await callServer(server, {
    ...{ method: 'POST', headers: headersOf(session), signal },
    body: JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }),
  })
  noted.close()
  return session
}

function headersOf(session: Session | undefined): Record<string, string> {
  return {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    ...(session?.id !== undefined && { 'mcp-session-id': session.id }),
    ...(session && hasVersionHeader(session.revision) && { 'mcp-protocol-version': session.revision }),
  }
}
