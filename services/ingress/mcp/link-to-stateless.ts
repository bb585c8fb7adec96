import { randomUUID } from 'node:crypto'
import {
  errorCodes,
  errorMessage,
  initializeResult,
  inputRequired,
  isObject,
  type JsonObject,
  nameOf,
  type Peer,
  type Revision,
  type RpcMessage,
  type RpcRequest,
  type RpcResponse,
  response,
  resultToHandshake,
  resultWithoutServer,
  toStateless,
} from '@airs-cp/mcp'
import type { McpCall } from './call.ts'
import { callServer, frameOfMessage, type ServerFrame, type ServerReply } from './call-server.ts'
import { messageOf, newestStateless, ownReply, statelessRequest, translated } from './reply.ts'

/** ClientResponses of clients that calls wait for, by the id of the question. */
export type ClientResponses = ReturnType<typeof createClientResponses>

export function createClientResponses() {
  const waiting = new Map<string, { caller: string | undefined; take: (answer: RpcResponse) => void }>()
  return {
    take({ exchange }: McpCall, answer: RpcResponse): boolean {
      const asked = typeof answer.id === 'string' ? waiting.get(answer.id) : undefined
      if (!asked || asked.caller !== exchange.caller) return false
      waiting.delete(answer.id as string)
      asked.take(answer)
      return true
    },
    /** @throws the reason of the signal, when the client has left or the time is over. */
    wait(id: string, { exchange, ended }: McpCall): Promise<RpcResponse> {
      return new Promise((resolve, reject) => {
        const end = () => {
          waiting.delete(id)
          reject(ended.reason)
        }
        ended.addEventListener('abort', end, { once: true })
        waiting.set(id, {
          caller: exchange.caller,
          take(answer) {
            ended.removeEventListener('abort', end)
            resolve(answer)
          },
        })
      })
    },
  }
}

/** What a server may ask in mid-call, it asks so often at most. */
const mostRounds = 16

/** Begins a session of a client's, of which the server knows nothing. */
export async function beginWithStatelessServer(
  { server, ended }: McpCall,
  { id, params }: RpcRequest,
  client: Revision,
): Promise<ServerReply> {
  const peer = {
    info: isObject(params.clientInfo) ? params.clientInfo : {},
    capabilities: isObject(params.capabilities) ? params.capabilities : {},
  }
  const request = toStateless({ jsonrpc: '2.0', id, method: 'server/discover' }, newestStateless, peer)
  const reply = await callServer(server, { method: 'POST', ...statelessRequest(request), signal: ended })
  return {
    ...reply,
    ...{ isTranslated: true, upstream: newestStateless },
    async *frames() {
      for await (const frame of reply.frames()) {
        const found = messageOf(frame)
        if (found?.kind !== 'response' || !isObject(found.result)) yield frame
        else
          yield translated(
            frame,
            JSON.stringify(response(id, initializeResult(found.result, client))),
            reply.kind,
          )
      }
    },
  }
}

/** One message of a client's session, to a server that knows no sessions. */
export async function askStatelessServer(
  call: McpCall,
  message: RpcMessage | undefined,
  answers: ClientResponses,
): Promise<ServerReply> {
  const { exchange, state, server, ended, mirrored } = call
  // A server without sessions sends nothing of its own accord here, and there is nothing to end.
  if (!message) return ownReply(exchange.method === 'GET' ? 405 : 200, undefined)
  if (message.kind !== 'request') return ownReply(202, undefined)
  const { id, method } = message
  const here = resultWithoutServer(method)
  if (here) return ownReply(200, response(id, here))
  if (method.startsWith('resources/') && method.endsWith('subscribe'))
    return ownReply(200, errorMessage(id, errorCodes.methodNotFound, `Method not found: ${method}`))
  const peer: Peer = { info: state?.clientInfo ?? {}, capabilities: state?.clientCapabilities ?? {} }
  const send = (more: JsonObject) =>
    callServer(server, {
      method: 'POST',
      ...statelessRequest(toStateless(message.json as JsonObject, newestStateless, peer, more), mirrored),
      signal: ended,
    })
  const first = await send({})
  const mayAsk = nameOf(method, message.params) !== undefined
  const kind = mayAsk ? 'stream' : first.kind
  const under = { reply: first }
  return {
    ...first,
    ...{ kind, frames: () => framesOf(under, kind, send, call, answers), isTranslated: true },
    close: () => under.reply.close(),
  }
}

/** Frames for the client. What the server needs to know is asked of it, and the server asked again; `under` has the response at hand. */
async function* framesOf(
  under: { reply: ServerReply },
  kind: ServerReply['kind'],
  send: (more: JsonObject) => Promise<ServerReply>,
  call: McpCall,
  answers: ClientResponses,
): AsyncGenerator<ServerFrame> {
  for (let round = 0; ; round++) {
    let needed: ReturnType<typeof inputRequired>
    for await (const frame of under.reply.frames()) {
      const found = messageOf(frame)
      if (found?.kind !== 'response' || !isObject(found.result)) {
        yield found ? translated(frame, frame.data, kind) : frame
        continue
      }
      needed = inputRequired(found.result)
      if (needed) break
      const result = resultToHandshake(found.result, call.state?.client ?? newestStateless)
      yield translated(frame, JSON.stringify({ ...found.json, result }), kind)
      return
    }
    if (!needed || round === mostRounds) return
    under.reply.close()
    const inputResponses: JsonObject = {}
    for (const [key, request] of Object.entries(needed.requests)) {
      const question = `airs-${randomUUID()}`
      const answered = answers.wait(question, call)
      answered.catch(() => {})
      yield frameOfMessage(JSON.stringify({ jsonrpc: '2.0', id: question, ...request }))
      const { result, error } = await answered
      inputResponses[key] = isObject(result)
        ? result
        : { action: 'cancel', ...(error && { error: error.message }) }
    }
    under.reply = await send({
      inputResponses,
      ...(needed.state !== undefined && { requestState: needed.state }),
    })
  }
}
