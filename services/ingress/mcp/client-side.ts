import type { ServerResponse } from 'node:http'
import { type SseFrame, sseText } from '@airs-cp/providers'
import type { Exchange } from '../exchange.ts'
import { ownHeaders } from '../upstream/headers.ts'

/** What one client gets of one exchange: a single message, or a stream of them. */
export type ClientSide = {
  isBegun(): boolean
  /** Begins a stream where none has begun. Resolves when the client takes more. */
  frame(raw: SseFrame['raw']): Promise<void>
  /** Ends with what `lastBytes` made. */
  end(last: LastBytes, decision: string): void
  /** Breaks the connection off. */
  cut(): void
}

/** The end of a response, as it goes to the client once the outcome is recorded. */
export type LastBytes = { status: number; bytes: Buffer; mediaType: string | undefined }

/** A message as the last one of a stream that has begun, or as a body of its own. */
export function lastMessage(text: string, isStream: boolean, status = 200): LastBytes {
  if (isStream)
    return { status, bytes: Buffer.from(sseText(text, 'message')), mediaType: 'text/event-stream' }
  return { status, bytes: Buffer.from(text), mediaType: 'application/json' }
}

/** @param headers further ones of the head, asked for when it goes out. */
export function createClientSide(
  response: ServerResponse,
  exchange: Exchange,
  headers: () => Record<string, string>,
): ClientSide {
  const head = (decision: string) => ({
    ...ownHeaders(exchange, decision),
    'cache-control': 'no-store',
    ...headers(),
  })
  const beginStream = (decision: string) =>
    response.writeHead(200, {
      ...head(decision),
      'content-type': 'text/event-stream',
      'x-accel-buffering': 'no',
    })
  return {
    isBegun: () => response.headersSent,
    async frame(raw) {
      if (response.destroyed) return
      if (!response.headersSent) beginStream('allow')
      if (!response.write(raw)) await drained(response)
    },
    end({ status, bytes, mediaType }, decision) {
      if (response.destroyed) return
      if (!response.headersSent) {
        if (mediaType === 'text/event-stream') beginStream(decision)
        else
          response.writeHead(status, {
            ...head(decision),
            ...(mediaType !== undefined && { 'content-type': mediaType }),
            'content-length': bytes.length,
          })
      }
      response.end(bytes)
    },
    cut: () => response.destroy(),
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}
