import { setTimeout as wait } from 'node:timers/promises'
import type { SseFrame } from '@airs-cp/providers'
import { UpstreamError } from '../upstream/upstream-error.ts'
import {
  callServer,
  type ServerFrame,
  type ServerReply,
  type ServerRequest,
  streamBudget,
} from './call-server.ts'
import type { McpServer } from './servers.ts'

/** What the standard of event streams leaves to clients, in milliseconds. */
const defaultRetryMs = 1_000
const leastRetryMs = 100

/**
 * The reply to a request, which goes on where its stream breaks off: a server may close a stream whose events have ids, and send the
 * result on the one that the client opens next (revision 2025-11-25). It is continued here, so that the result belongs to
 * its request: policies that look at the tool see it, and it is recorded as its outcome. Whoever has the result reads no further.
 */
export function resumeStream(server: McpServer, request: ServerRequest, reply: ServerReply): ServerReply {
  if (reply.kind !== 'stream' || reply.status !== 200) return reply
  const stream = { current: reply }
  return {
    ...reply,
    frames: () => continued(server, request, stream),
    close: () => stream.current.close(),
  }
}

/** @param stream that is read now. */
async function* continued(
  server: McpServer,
  request: ServerRequest,
  stream: { current: ServerReply },
): AsyncGenerator<ServerFrame> {
  const spend = streamBudget(server)
  let lastId = ''
  let retryMs = defaultRetryMs
  for (;;) {
    try {
      for await (const frame of stream.current.frames()) {
        spend(frame.raw.length)
        const { id, retry } = resumption(frame)
        lastId = id ?? lastId
        retryMs = retry ?? retryMs
        yield frame
      }
    } catch (error) {
      const isCut = error instanceof UpstreamError && error.code === 'upstream_cut'
      if (!isCut || lastId === '' || request.signal.aborted) throw error
    }
    if (lastId === '') return
    // A stream that is opened again counts as a message, so that a server that sends nothing is not asked for ever.
    spend(0)
    await wait(Math.min(Math.max(retryMs, leastRetryMs), server.limits.idleMs), undefined, {
      signal: request.signal,
    })
    const { 'content-type': _, ...headers } = request.headers
    const next = await callServer(server, {
      method: 'GET',
      headers: { ...headers, accept: 'text/event-stream', 'last-event-id': lastId },
      body: undefined,
      signal: request.signal,
    })
    stream.current.close()
    stream.current = next
    if (next.kind !== 'stream' || next.status !== 200) return
  }
}

/** What a frame says of going on after it. */
export function resumption({ raw }: Pick<SseFrame, 'raw'>): { id?: string; retry?: number } {
  const found: { id?: string; retry?: number } = {}
  if (!raw.includes('id') && !raw.includes('retry')) return found
  for (const line of raw.toString('utf8').split(/\r\n|\n|\r/)) {
    const [, field, value = ''] = /^\uFEFF?(id|retry)(?:: ?(.*))?$/s.exec(line) ?? []
    // An id goes out as a header again.
    if (field === 'id' && /^[\x20-\x7e]{0,1024}$/.test(value)) found.id = value
    if (field === 'retry' && /^\d{1,9}$/.test(value)) found.retry = Number(value)
  }
  return found
}
