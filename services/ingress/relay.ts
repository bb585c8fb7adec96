import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { createSseParser, type SseParser, type StreamFollower, type WireFormat } from '@airs-cp/providers'
import type { Dispatcher } from 'undici'
import type { BodyRecorder } from './body-recorder.ts'
import type { Provider } from './providers.ts'
import { toUpstreamError, UpstreamError } from './upstream-error.ts'

export type UpstreamRequest = {
  method: string
  path: string
  headers: Record<string, string | string[]>
  body: Buffer | null
}

/** What became of a call. Everything but its last bytes has gone to the client, or nothing at all. */
export type Relayed = {
  /** `complete`, `client-left`, or why it is not complete. */
  end: 'complete' | 'client-left' | UpstreamError
  /** Provider's status; undefined when it did not answer. */
  status: number | undefined
  headers: IncomingHttpHeaders
  stream: boolean
  firstByteMs: number | undefined
  follower: StreamFollower | undefined
  /** The whole body, where it was asked to be held. */
  whole: Buffer | undefined
  /** Bytes that are still held back. */
  held: Buffer
}

/**
 * Calls a provider and passes its answer on as it comes, holding back what completes it: on an event stream the
 * terminator, otherwise the last chunk. The answer's head goes out with the first byte that does, so that a short
 * answer is still unsent when this resolves.
 *
 * | `holdWhole` | event stream                  | other answers            |
 * |-------------|-------------------------------|--------------------------|
 * | false       | each frame at once            | each chunk when the next |
 * | true        | nothing, at most `limitBytes` | nothing, the same        |
 *
 * Never rejects. Memory: one chunk, or one frame, beyond what `holdWhole` asks for.
 */
export function relay({
  provider,
  request,
  response,
  format,
  recorder,
  sendHead,
  holdWhole,
  limitBytes,
}: {
  provider: Provider
  request: UpstreamRequest
  response: ServerResponse
  format: WireFormat
  recorder: BodyRecorder
  sendHead: (status: number, headers: IncomingHttpHeaders) => void
  holdWhole: boolean
  limitBytes: number
}): Promise<Relayed> {
  return new Promise((resolve) => {
    const startedAt = performance.now()
    const relayed: Relayed = {
      end: 'complete',
      status: undefined,
      headers: {},
      stream: false,
      firstByteMs: undefined,
      follower: undefined,
      whole: undefined,
      held: Buffer.alloc(0),
    }
    let held: Buffer[] = []
    let heldBytes = 0
    let terminated = false
    let parser: SseParser | undefined
    let controller: Dispatcher.DispatchController | undefined
    let settled = false

    const settle = (end: Relayed['end']) => {
      if (settled) return
      settled = true
      response.off('close', onClose)
      relayed.end = end
      relayed.held = held.length === 1 ? held[0]! : Buffer.concat(held, heldBytes)
      if (holdWhole && end === 'complete') relayed.whole = relayed.held
      resolve(relayed)
    }
    const onClose = () => {
      settle('client-left')
      controller?.abort(new Error('The client went away'))
    }
    if (response.destroyed) return settle('client-left')
    response.on('close', onClose)

    const hold = (chunk: Buffer) => {
      held.push(chunk)
      heldBytes += chunk.length
    }
    const send = (chunk: Buffer) => {
      if (!response.headersSent) sendHead(relayed.status!, relayed.headers)
      if (response.write(chunk)) return
      controller!.pause()
      response.once('drain', () => controller!.resume())
    }
    const passFrames = (chunk: Buffer) => {
      const passed: Buffer[] = []
      for (const frame of parser!.push(chunk)) {
        relayed.follower!.push(frame)
        terminated ||= format.isTerminator(frame)
        if (terminated) hold(frame.raw)
        else passed.push(frame.raw)
      }
      if (passed.length > 0) send(passed.length === 1 ? passed[0]! : Buffer.concat(passed))
    }
    const passChunk = (chunk: Buffer) => {
      const before = held
      held = [chunk]
      heldBytes = chunk.length
      for (const earlier of before) send(earlier)
    }

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started
        if (settled) started.abort(new Error('The client went away'))
      },
      onResponseStart(_controller, status, headers) {
        if (status < 200) return
        relayed.status = status
        relayed.headers = headers
        relayed.firstByteMs = performance.now() - startedAt
        relayed.stream = String(headers['content-type'] ?? '').startsWith('text/event-stream')
        if (!relayed.stream) return
        parser = createSseParser()
        relayed.follower = format.createFollower()
        if (!holdWhole) {
          sendHead(status, headers)
          response.flushHeaders()
        }
      },
      onResponseData(_controller, chunk) {
        if (settled) return
        recorder.push(chunk)
        try {
          if (!holdWhole) (parser ? passFrames : passChunk)(chunk)
          else if (heldBytes + chunk.length > limitBytes) throw tooLarge(provider, limitBytes)
          else {
            hold(chunk)
            for (const frame of parser?.push(chunk) ?? []) relayed.follower!.push(frame)
          }
        } catch (error) {
          settle(toUpstreamError(error, provider.name, true))
          controller!.abort(error as Error)
        }
      },
      onResponseEnd() {
        const rest = settled ? undefined : parser?.end()
        if (rest) {
          relayed.follower!.push(rest)
          if (!holdWhole) hold(rest.raw)
        }
        settle('complete')
      },
      onResponseError(_controller, error) {
        settle(toUpstreamError(error, provider.name, relayed.status !== undefined))
      },
    }
    provider.pool.dispatch(request as Dispatcher.DispatchOptions, handler)
  })
}

function tooLarge(provider: Provider, limitBytes: number): UpstreamError {
  return new UpstreamError(
    'upstream_too_large',
    `The answer of provider ${provider.name} is over ${limitBytes} bytes, more than can be held to be decided on`,
  )
}
