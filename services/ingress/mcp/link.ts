import {
  areOfOneEra,
  forRevision,
  isObject,
  isRevision,
  isStateless,
  type JsonObject,
  newestWithHandshake,
  peerOf,
  type Revision,
  type RpcMessage,
  toStateless,
} from '@airs-cp/mcp'
import type { McpCall } from './call.ts'
import { callServer, type ServerFrame, type ServerReply } from './call-server.ts'
import { createHandshakes } from './link-to-handshake.ts'
import { askStatelessServer, beginWithStatelessServer, createClientResponses } from './link-to-stateless.ts'
import { messageOf, newestStateless, replay, statelessRequest, translated } from './reply.ts'
import { resumeStream } from './resume-stream.ts'

export type Sent = { headers: Record<string, string>; body: string | undefined }

/**
 * The way to a server that may speak another revision than the client. Where both are of one era, messages pass as they are;
 * between the eras they are translated, and what one side has and the other has not (sessions, questions in mid-call) is kept here.
 */
export function createLink() {
  /** What servers speak with a client that has no handshake. */
  const known = new Map<string, Revision>()
  /** Servers that have refused one. Some have both, and serve each client as it opens. */
  const withoutHandshake = new Set<string>()
  const answers = createClientResponses()
  const handshakes = createHandshakes()
  const note = (server: string, revision: Revision) => void known.set(server, revision)

  return {
    /** Takes the client's answer to a question that a stateless server has. @returns whether it was one. */
    answers: answers.take,

    /** Asks the server, and returns its reply as the client's revision has it. @throws UpstreamError */
    async ask(call: McpCall, message: RpcMessage | undefined, sent: Sent): Promise<ServerReply> {
      const { server, revision, state } = call
      if (state) {
        if (!areOfOneEra(state.client, state.upstream)) return askStatelessServer(call, message, answers)
        return newer(await pass(call, sent), state.client, state.upstream)
      }
      if (message?.kind === 'request' && message.method === 'initialize') return begin(call, message, sent)
      if (!isStateless(revision)) return pass(call, sent)
      const spoken = server.revision ?? known.get(server.name) ?? (await probe(call, note))
      return isStateless(spoken) ? pass(call, sent) : handshakes.ask(call, message)
    },
  }

  async function pass(call: McpCall, { headers, body }: Sent): Promise<ServerReply> {
    const { server, exchange, ended, message, state } = call
    const request = { method: exchange.method as 'POST', headers, body, signal: ended }
    const reply = await callServer(server, request)
    return message?.kind === 'request' && state && message.method !== 'initialize'
      ? resumeStream(server, request, reply)
      : reply
  }

  /** A handshake, with a server that may have none. */
  async function begin(
    call: McpCall,
    message: RpcMessage & { kind: 'request' },
    sent: Sent,
  ): Promise<ServerReply> {
    const { server } = call
    const asked = message.params.protocolVersion
    const client = isRevision(asked) && !isStateless(asked) ? asked : newestWithHandshake
    const isWithout = server.revision ? isStateless(server.revision) : withoutHandshake.has(server.name)
    if (isWithout) return beginWithStatelessServer(call, message, client)
    const reply = await pass(call, sent)
    const frames: ServerFrame[] = []
    for await (const frame of reply.frames()) {
      frames.push(frame)
      const found = messageOf(frame)
      if (found?.kind !== 'response') continue
      if (found.error && (reply.status >= 400 || refusesHandshake(found.error.code))) {
        if (isStateless(await probe(call))) {
          withoutHandshake.add(server.name)
          return beginWithStatelessServer(call, message, client)
        }
      }
      break
    }
    if (frames.length === 0 && reply.status >= 400 && isStateless(await probe(call))) {
      withoutHandshake.add(server.name)
      return beginWithStatelessServer(call, message, client)
    }
    const last = frames.at(-1)
    const found = last && messageOf(last)
    const result = found?.kind === 'response' && isObject(found.result) ? found.result : undefined
    const chosen = result?.protocolVersion
    if (!last || !found || !result || !isRevision(chosen) || chosen === client)
      return { ...reply, frames: () => replay(frames), ...(isRevision(chosen) && { upstream: chosen }) }
    const shown = JSON.stringify({ ...found.json, result: { ...result, protocolVersion: client } })
    frames[frames.length - 1] = translated(last, shown, reply.kind)
    return { ...reply, isTranslated: true, upstream: chosen, frames: () => replay(frames) }
  }
}

/** Error codes of servers that know no `initialize`, or that miss in it what each of their requests must have. */
function refusesHandshake(code: number): boolean {
  return [-32601, -32602, -32020, -32022].includes(code)
}

/** Says nothing of the revision that a server speaks: it is down or busy, or somebody before it has responded. */
function saysNothing(status: number): boolean {
  return status >= 500 || [401, 403, 404, 408, 425, 429].includes(status)
}

/** Asks a server whether it can do without a handshake. @param note is told what a server has made clear. */
async function probe(
  { server, ended, message }: McpCall,
  note: (server: string, revision: Revision) => void = () => {},
): Promise<Revision> {
  const request = toStateless(
    { jsonrpc: '2.0', id: 'airs-discover', method: 'server/discover' },
    newestStateless,
    peerOf(message && message.kind !== 'response' ? message.params : {}),
  )
  const reply = await callServer(server, { method: 'POST', ...statelessRequest(request), signal: ended })
  let spoken: Revision = newestWithHandshake
  try {
    for await (const frame of reply.frames()) {
      const found = messageOf(frame)
      if (found?.kind !== 'response') continue
      const supported = isObject(found.result)
        ? found.result.supportedVersions
        : (found.error?.data as JsonObject | undefined)?.supported
      if (Array.isArray(supported) && supported.includes(newestStateless)) spoken = newestStateless
      break
    }
  } finally {
    reply.close()
  }
  if (isStateless(spoken) || !saysNothing(reply.status)) note(server.name, spoken)
  return spoken
}

/** What a client of an older revision does not know of a newer server's results becomes text. */
function newer(reply: ServerReply, client: Revision, upstream: Revision): ServerReply {
  if (client >= upstream || client >= '2025-06-18') return reply
  return {
    ...reply,
    isTranslated: true,
    async *frames() {
      for await (const frame of reply.frames()) {
        const found = messageOf(frame)
        if (found?.kind !== 'response' || !isObject(found.result)) yield frame
        else
          yield translated(
            frame,
            JSON.stringify({ ...found.json, result: forRevision(found.result, client) }),
            reply.kind,
          )
      }
    },
  }
}
