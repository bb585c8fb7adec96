import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Revision } from '@airs-cp/mcp'
import { mostAtOnce, turn } from '@airs-cp/policy-engine'
import { createSseParser, readFrame, type SseFrame, sseText } from '@airs-cp/providers'
import { createDecoder, isPacked } from '../admission/unpack-body.ts'
import { UpstreamError } from '../upstream/upstream-error.ts'
import type { McpServer } from './servers.ts'

export type ServerRequest = {
  method: 'POST' | 'GET' | 'DELETE'
  headers: Record<string, string>
  body: string | undefined
  /** Ends the call, when the client is gone or its time is over. */
  signal: AbortSignal
}

/** A frame in the client's revision, with the bytes that the server sent where they are others. */
export type ServerFrame = SseFrame & { original?: Buffer }

/** What a server sends back: the head, and what comes after it. */
export type ServerReply = {
  status: number
  headers: IncomingHttpHeaders
  /** `none`: it has no body; `text`: neither JSON nor a stream of events. */
  kind: 'json' | 'stream' | 'none' | 'text'
  /**
   * One frame for a body of JSON, or those of the stream as they come. Ends with the body.
   * @throws UpstreamError when it is cut, too long, or stands still for too long.
   */
  frames(): AsyncGenerator<ServerFrame>
  /** The client gets other bytes than the server sent. */
  isTranslated?: boolean
  /** Revision that the server chose in a handshake, or speaks without one. */
  upstream?: Revision
  /** Reads no further. A body that is at its end leaves the connection for the next call. */
  close(): void
}

/** Of what is neither JSON nor a stream, such as the page of a proxy. */
const mostTextBytes = 64 * 1024

/** Asks a server. @throws UpstreamError where no head of a response comes. */
export async function callServer(server: McpServer, request: ServerRequest): Promise<ServerReply> {
  const { method, headers, body, signal } = request
  const fail = (error: unknown, responseBegan: boolean) => failureOf(error, server.name, responseBegan)
  const response = await server.pool
    .request({
      ...{ method, path: server.path, headers: { ...headers, ...server.headers }, signal },
      ...(body !== undefined && { body }),
    })
    .catch((error) => {
      throw fail(error, false)
    })
  const { statusCode: status, body: received } = response
  // An error after the last frame that is read is nobody's concern.
  received.on('error', () => {})
  const encoding = response.headers['content-encoding']?.toString()
  const stream = isPacked(encoding)
    ? unpacked(received, encoding, server.name, (error) => fail(error, true))
    : received
  const kind = kindOf(status, response.headers)
  return {
    status,
    headers: response.headers,
    kind,
    frames: () =>
      kind === 'stream'
        ? eventsOf(stream, fail, server)
        : bodyOf(stream, kind === 'text' ? mostTextBytes : server.limits.resultBytes, kind, fail, server),
    close() {
      if (received.readableEnded || received.destroyed) return
      void received
        .dump({ limit: mostTextBytes, signal: AbortSignal.timeout(1_000) })
        .catch(() => received.destroy())
    },
  }
}

/**
 * What comes out of a body that is packed although it was asked for as it is, no faster than it is taken.
 * @throws UpstreamError where it cannot be unpacked, or `fail` says so of the body.
 */
async function* unpacked(
  received: Readable,
  encoding: string,
  name: string,
  fail: (error: unknown) => UpstreamError,
): AsyncGenerator<Buffer> {
  const cannot = (cause?: Error) =>
    new UpstreamError(
      'upstream_malformed',
      `MCP server ${name} sent a response in Content-Encoding ${encoding.slice(0, 64)} that cannot be unpacked${cause ? ` (${cause.message})` : ''}`,
      { cause },
    )
  const decoder = createDecoder(encoding)
  if (!decoder) throw cannot()
  received.once('error', (error) => decoder.destroy(fail(error)))
  received.pipe(decoder)
  try {
    yield* decoder as AsyncIterable<Buffer>
  } catch (error) {
    throw error instanceof UpstreamError ? error : cannot(error as Error)
  } finally {
    decoder.destroy()
  }
}

function kindOf(status: number, headers: IncomingHttpHeaders): ServerReply['kind'] {
  const type = String(headers['content-type'] ?? '').toLowerCase()
  if (status === 202 || status === 204 || headers['content-length'] === '0') return 'none'
  if (/^\s*text\/event-stream\b/.test(type)) return 'stream'
  return /^\s*application\/json\b/.test(type) ? 'json' : 'text'
}

type Fail = (error: unknown, responseBegan: boolean) => UpstreamError

async function* bodyOf(
  stream: AsyncIterable<Buffer>,
  limitBytes: number,
  kind: ServerReply['kind'],
  fail: Fail,
  { name }: McpServer,
): AsyncGenerator<SseFrame> {
  if (kind === 'none') return
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of stream) {
      bytes += chunk.length
      if (bytes > limitBytes) throw messageTooLarge(name, limitBytes)
      chunks.push(chunk)
    }
  } catch (error) {
    throw fail(error, true)
  }
  const raw = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes)
  // Putting a large body together, decoding it and parsing it take some milliseconds each.
  if (bytes > mostAtOnce) await turn()
  const data = raw.toString('utf8')
  if (bytes > mostAtOnce) await turn()
  yield { event: undefined, data, raw }
}

/** A server that talks without an end is stopped by what it has sent, and not by its time alone. */
async function* eventsOf(
  stream: AsyncIterable<Buffer>,
  fail: Fail,
  server: McpServer,
): AsyncGenerator<SseFrame> {
  const { name, limits } = server
  const { resultBytes } = limits
  const parser = createSseParser({ maxFrameBytes: resultBytes })
  const spend = streamBudget(server)
  try {
    for await (const chunk of stream) {
      for (const frame of parser.push(chunk)) {
        spend(0)
        yield frame
      }
      spend(chunk.length, 0)
    }
    const rest = parser.end()
    // What ends without a blank line was cut.
    if (rest && rest.data !== '') throw new UpstreamError('upstream_cut', cutWithinMessage(name))
  } catch (error) {
    if ((error as Error).name === 'MalformedStreamError') throw messageTooLarge(name, resultBytes)
    throw fail(error, true)
  }
}

/** Counts what a server sends in one exchange; what it returns throws an UpstreamError beyond the server's limits. */
export function streamBudget({ name, limits }: McpServer): (bytes: number, messages?: number) => void {
  const { streamBytes, streamMessages } = limits
  let bytes = 0
  let messages = 0
  return (moreBytes, moreMessages = 1) => {
    bytes += moreBytes
    messages += moreMessages
    if (messages > streamMessages)
      throw tooLarge(
        `${name} sent more than ${streamMessages} messages in one exchange (limits.streamMessages)`,
      )
    if (bytes > streamBytes)
      throw tooLarge(`${name} sent more than ${streamBytes} bytes in one exchange (limits.streamBytes)`)
  }
}

function messageTooLarge(name: string, limitBytes: number): UpstreamError {
  return tooLarge(`${name} sent a message of more than ${limitBytes} bytes (limits.resultBytes)`)
}

function tooLarge(what: string): UpstreamError {
  return new UpstreamError('upstream_too_large', `MCP server ${what}`)
}

function cutWithinMessage(name: string): string {
  return `MCP server ${name} ended its stream within a message`
}

const unreachable =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|DEPTH_ZERO|UNABLE_TO|ERR_TLS|ERR_SSL)/

function failureOf(error: unknown, name: string, responseBegan: boolean): UpstreamError {
  if (error instanceof UpstreamError) return error
  const {
    code = '',
    name: kind = '',
    message = '',
  } = error as { code?: string; name?: string; message?: string }
  const options = { cause: error }
  if (kind === 'TimeoutError' || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return new UpstreamError('upstream_timeout', `MCP server ${name} did not respond in time`, options)
  if (!responseBegan && unreachable.test(code))
    return new UpstreamError(
      'upstream_unreachable',
      `MCP server ${name} cannot be reached (${code}); check its address and the network`,
      options,
    )
  return new UpstreamError(
    'upstream_cut',
    `MCP server ${name} cut the connection before its response was complete (${code || message})`,
    options,
  )
}

/** A message as an event of a stream. */
export function frameOfMessage(text: string): SseFrame {
  return readFrame(Buffer.from(sseText(text, 'message')))
}
