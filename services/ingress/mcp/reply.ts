import {
  type JsonObject,
  type MirroredParam,
  type Revision,
  type RpcMessage,
  readMessage,
  standardHeaders,
} from '@airs-cp/mcp'
import { frameOfMessage, type ServerFrame, type ServerReply } from './call-server.ts'

export const newestStateless: Revision = '2026-07-28'

/** Headers and body of a request to a stateless server. */
export function statelessRequest(
  json: JsonObject,
  mirrored: readonly MirroredParam[] = [],
): { headers: Record<string, string>; body: string } {
  const message = readMessage(json)
  return {
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-protocol-version': newestStateless,
      ...(message.kind !== 'invalid' && standardHeaders(message, mirrored)),
    },
    body: JSON.stringify(json),
  }
}

/** A frame with another text, and with the bytes that the server sent. */
export function translated(frame: ServerFrame, text: string, kind: ServerReply['kind']): ServerFrame {
  const original = frame.original ?? frame.raw
  if (kind === 'stream') return { ...frameOfMessage(text), original }
  return { event: undefined, data: text, raw: Buffer.from(text), original }
}

export function messageOf(frame: ServerFrame): RpcMessage | undefined {
  if (frame.data.trim() === '') return undefined
  try {
    const message = readMessage(JSON.parse(frame.data))
    return message.kind === 'invalid' ? undefined : message
  } catch {
    return undefined
  }
}

export async function* replay(frames: readonly ServerFrame[]): AsyncGenerator<ServerFrame> {
  yield* frames
}

/** A reply that no server gave. */
export function ownReply(status: number, json: JsonObject | undefined, upstream?: Revision): ServerReply {
  const text = json && JSON.stringify(json)
  return {
    ...{
      status,
      headers: { 'content-type': 'application/json' },
      kind: text === undefined ? 'none' : 'json',
    },
    ...(upstream && { upstream }),
    frames: () =>
      replay(text === undefined ? [] : [{ event: undefined, data: text, raw: Buffer.from(text) }]),
    close() {},
  }
}
