import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import {
  createJsonOutline,
  createSseParser,
  createStreamTokenCounter,
  type SseFrame,
  type SseParser,
  type StreamTranslator,
  translateHeaders,
  type WireFormat,
} from '@airs-cp/providers'
import type { Dispatcher } from 'undici'
import type { FrameGuard, PreparedRequest, Relayed } from '../exchange.ts'
import type { BodyRecorder } from '../recording/body-recorder.ts'
import { withoutCredentials } from '../recording/hide-credentials.ts'
import { type BodyDecoder, createBodyDecoder, isPacked } from './body-decoder.ts'
import { frameReportsError } from './reports-error.ts'
import { toUpstreamError, UpstreamError } from './upstream-error.ts'

/**
 * Calls a provider and passes its response on as it comes, in the client's format, holding back what completes it: on an
 * event stream the terminator, otherwise the last chunk. The response's head goes out with the first byte that does, so
 * that a short response is still unsent when this resolves.
 *
 * |                                    | event stream                  | other responses               |
 * |------------------------------------|-------------------------------|-------------------------------|
 * | passed on as it is                 | each frame at once            | each chunk when the next came |
 * | translated                         | each frame at once            | held whole                    |
 * | judged on its way (`createGuard`)  | what the guard releases       | held whole                    |
 * | `holdWhole`                        | held whole                    | held whole                    |
 *
 * An error (status 400 and above) is held whole too, and loses the credential that the provider may tell back in it.
 *
 * Never rejects. Memory, beyond what is held whole or by a guard: a chunk; of a frame and of a stream's end 64 KB each,
 * a longer frame passing in pieces; where frames are translated, one of at most 1 MB. What is held whole is at most
 * `limitBytes`. A client that reads slowly slows the provider down.
 *
 * A response that is packed although it was asked for as it is, is unpacked: what cannot be read cannot be decided on.
 *
 * @param accepts called with the provider's status and headers; false makes it end as `not-wanted`, with nothing sent.
 * A guard that blocks ends the stream there: it is `complete`, and its ending is left to the caller.
 *
 * @param recorder gets the provider's bytes, those of an error without the credential.
 * @param deliveredRecorder gets the client's bytes of a stream that is translated or judged.
 */
export function relay({
  request,
  response,
  clientFormat,
  recorder,
  deliveredRecorder,
  createStreamTranslator,
  createGuard,
  sendHead,
  accepts,
  holdWhole,
  limitBytes,
  maxResponseBytes,
  totalTimeoutMs,
}: {
  request: PreparedRequest
  response: ServerResponse
  clientFormat: WireFormat
  recorder: BodyRecorder
  deliveredRecorder: BodyRecorder
  createStreamTranslator: (() => StreamTranslator) | undefined
  createGuard: (() => FrameGuard) | undefined
  sendHead: (status: number, headers: IncomingHttpHeaders) => void
  accepts: (status: number, headers: IncomingHttpHeaders) => boolean
  holdWhole: boolean
  limitBytes: number
  maxResponseBytes: number
  totalTimeoutMs: number
}): Promise<Relayed> {
  const { provider } = request.target
  return new Promise((resolve) => {
    const startedAtMs = performance.now()
    const relayed: Relayed = {
      end: 'complete',
      status: undefined,
      headers: {},
      stream: false,
      firstByteMs: undefined,
      follower: undefined,
      counter: undefined,
      outline: undefined,
      isMidFrame: false,
      reportsError: false,
      isOvertime: false,
      whole: undefined,
      held: Buffer.alloc(0),
      guard: undefined,
    }
    let held: Buffer[] = []
    let heldBytes = 0
    let responseBytes = 0
    let holdsWhole = holdWhole
    let terminated = false
    let parser: SseParser | undefined
    let translator: StreamTranslator | undefined
    let controller: Dispatcher.DispatchController | undefined
    let decoder: BodyDecoder | undefined
    let settled = false
    let isPaused = false

    const settle = (end: Relayed['end']) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      response.off('close', onClose)
      decoder?.destroy()
      relayed.end = end
      relayed.held = held.length === 1 ? held[0]! : Buffer.concat(held, heldBytes)
      if (isError(relayed.status)) {
        relayed.held = withoutCredentials(relayed.held, request)
        recorder.push(relayed.held)
      }
      if (holdsWhole && end === 'complete') relayed.whole = relayed.held
      resolve(relayed)
    }
    const giveUp = (end: Relayed['end'], reason: Error) => {
      settle(end)
      controller?.abort(reason)
    }
    const onClose = () => giveUp('client-left', new Error('The client went away'))
    const timer = setTimeout(() => {
      relayed.isOvertime = relayed.status !== undefined
      const error = timedOut(provider.name, totalTimeoutMs)
      giveUp(error, error)
    }, totalTimeoutMs)
    if (response.destroyed) {
      settle('client-left')
      return
    }
    response.on('close', onClose)

    const hold = (chunk: Buffer) => {
      if (holdsWhole && heldBytes + chunk.length > limitBytes) throw tooLarge(provider.name, limitBytes)
      held.push(chunk)
      heldBytes += chunk.length
      if (terminated && !holdsWhole && heldBytes > heldEndLimitBytes) throw endless(provider.name)
    }
    const send = (chunk: Buffer) => {
      if (!response.headersSent) sendHead(relayed.status!, relayed.headers)
      if (response.write(chunk) || isPaused) return
      const source = decoder ?? controller!
      isPaused = true
      source.pause()
      response.once('drain', () => {
        isPaused = false
        source.resume()
      })
    }
    /** @param isTranslated they are the translator's own, and no frames of the provider. */
    const passFrames = (frames: SseFrame[], isTranslated = false) => {
      const { guard } = relayed
      const passed: Buffer[] = []
      const deliver = ({ raw }: SseFrame, isHeld: boolean) => {
        if (translator || guard) deliveredRecorder.push(raw)
        if (isHeld || holdsWhole) hold(raw)
        else passed.push(raw)
      }
      for (const frame of frames) {
        relayed.isMidFrame = frame.piece === 'begun'
        if (frame.piece !== 'begun' && !isTranslated) {
          relayed.follower!.push(frame)
          relayed.counter!.push(frame)
          relayed.reportsError ||= frameReportsError(frame)
        }
        for (const translated of translator && !isTranslated ? translator.push(frame) : [frame]) {
          for (const judged of guard ? guard.push(translated) : [translated]) {
            terminated ||= clientFormat.isTerminator(judged)
            deliver(judged, terminated)
          }
        }
      }
      if (passed.length > 0) send(passed.length === 1 ? passed[0]! : Buffer.concat(passed))
      if (guard?.blockedMessage() !== undefined) {
        held = []
        heldBytes = 0
        giveUp('complete', new Error('Blocked by policy'))
      }
    }
    /** A stream that ends without its terminator still has to give out what the guard held of it. */
    const endUnterminated = (guard: FrameGuard) => {
      for (const { raw } of guard.end()) {
        deliveredRecorder.push(raw)
        hold(raw)
      }
    }
    const passChunk = (chunk: Buffer) => {
      relayed.outline?.push(chunk)
      if (holdsWhole) {
        hold(chunk)
        return
      }
      const before = held
      held = [chunk]
      heldBytes = chunk.length
      for (const earlier of before) send(earlier)
    }
    const take = (work: () => void) => {
      try {
        work()
      } catch (error) {
        giveUp(toUpstreamError(error, provider.name, true), error as Error)
      }
    }

    const receive = (chunk: Buffer) => {
      if (settled) return
      if (!isError(relayed.status)) recorder.push(chunk)
      responseBytes += chunk.length
      take(() => {
        if (responseBytes > maxResponseBytes) throw endlessResponse(provider.name, maxResponseBytes)
        if (parser) passFrames(parser.push(chunk))
        else passChunk(chunk)
      })
    }
    const finish = () =>
      take(() => {
        const rest = settled ? undefined : parser?.end()
        if (rest) passFrames([rest])
        if (translator && !terminated && !settled && !relayed.reportsError) {
          passFrames(translator.end(), true)
          if (!terminated && !settled) throw unended(provider.name)
        }
        if (relayed.guard && !terminated && !settled) endUnterminated(relayed.guard)
        settle('complete')
      })
    /** @returns whether this encoding can be unpacked. */
    const unpack = (encoding: string): boolean => {
      const fail = (cause?: Error) => {
        const error = notUnpacked(provider.name, encoding, cause)
        giveUp(error, error)
      }
      decoder = createBodyDecoder(encoding, {
        data: receive,
        end: finish,
        error: fail,
        drain: () => controller!.resume(),
      })
      const { 'content-encoding': _, ...headers } = relayed.headers
      relayed.headers = headers
      if (!decoder) fail()
      return decoder !== undefined
    }
    const framing = () => {
      if (holdsWhole || createGuard) return { maxFrameBytes: limitBytes }
      return createStreamTranslator ? {} : { maxFrameBytes: heldEndLimitBytes, inPieces: true }
    }

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started
        if (settled) started.abort(new Error('Nobody waits for this response any more'))
      },
      onResponseStart(_controller, status, headers) {
        if (status < 200 || settled) return
        relayed.status = status
        relayed.headers = headers
        relayed.firstByteMs = performance.now() - startedAtMs
        if (!accepts(status, headers)) {
          giveUp('not-wanted', new Error('Asked again instead'))
          return
        }
        if (request.translator) relayed.headers = translateHeaders(headers, clientFormat.id)
        const encoding = headers['content-encoding'] && String(headers['content-encoding'])
        if (isPacked(encoding) && !unpack(encoding)) return
        const mediaType = String(headers['content-type'] ?? '').toLowerCase()
        relayed.stream = status < 400 && mediaType.startsWith('text/event-stream')
        if (!relayed.stream) {
          holdsWhole ||= request.translator !== undefined || createGuard !== undefined || isError(status)
          if (!holdsWhole) relayed.outline = createJsonOutline()
          return
        }
        parser = createSseParser(framing())
        relayed.follower = request.format.createFollower()
        relayed.counter = createStreamTokenCounter(request.format)
        translator = createStreamTranslator?.()
        relayed.guard = createGuard?.()
        if (!holdsWhole) {
          sendHead(status, relayed.headers)
          response.flushHeaders()
        }
      },
      onResponseData(_controller, chunk) {
        if (!decoder) receive(chunk)
        else if (!settled && !decoder.push(chunk)) controller!.pause()
      },
      onResponseEnd() {
        if (decoder) decoder.end()
        else finish()
      },
      onResponseError(_controller, error) {
        settle(toUpstreamError(error, provider.name, relayed.status !== undefined))
      },
    }
    const { method, path, headers, body } = request
    provider.pool.dispatch(
      { method: method as Dispatcher.HttpMethod, path, headers, body: body.length > 0 ? body : null },
      handler,
    )
  })
}

function isError(status: number | undefined): boolean {
  return status !== undefined && status >= 400
}

/** Of a stream's end: its terminator, and what a provider may send after it. */
const heldEndLimitBytes = 64 * 1024

function endless(provider: string): UpstreamError {
  return new UpstreamError(
    'upstream_malformed',
    `Provider ${provider} went on with its stream for over ${heldEndLimitBytes} bytes after the end of it`,
  )
}

function endlessResponse(provider: string, maxResponseBytes: number): UpstreamError {
  return new UpstreamError(
    'upstream_too_large',
    `The response of provider ${provider} is over ${maxResponseBytes} bytes (AIRS_MAX_ANSWER_BYTES)`,
  )
}

function notUnpacked(provider: string, encoding: string, cause: Error | undefined): UpstreamError {
  return new UpstreamError(
    'upstream_malformed',
    `Provider ${provider} sent a response in Content-Encoding ${encoding} that cannot be unpacked${cause ? ` (${cause.message})` : ''}; it was asked for one that is not packed`,
    { cause },
  )
}

/** A client can tell a response that is cut from a whole one only where it gets the provider's own bytes. */
function unended(provider: string): UpstreamError {
  return new UpstreamError('upstream_cut', `The stream of provider ${provider} stopped before its end`)
}

function tooLarge(provider: string, limitBytes: number): UpstreamError {
  return new UpstreamError(
    'upstream_too_large',
    `The response of provider ${provider} is over ${limitBytes} bytes, more than can be held to be decided on`,
  )
}

function timedOut(provider: string, totalTimeoutMs: number): UpstreamError {
  return new UpstreamError(
    'upstream_timeout',
    `The response of provider ${provider} took longer than ${Math.round(totalTimeoutMs)} ms (AIRS_TOTAL_TIMEOUT_MS)`,
  )
}
