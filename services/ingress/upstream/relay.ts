import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { atOnce, type Slices } from '@airs-cp/events'
import { inTurns } from '@airs-cp/policy-engine'
import { hasControls, type StreamTranslator, translateHeaders, type WireFormat } from '@airs-cp/providers'
import type { FrameGuard, PreparedRequest, Relayed } from '../exchange.ts'
import type { BodyRecorder } from '../recording/body-recorder.ts'
import { withoutCredentials } from '../recording/hide-credentials.ts'
import { type BodyKind, bodyKindOf } from './body-kind.ts'
import { decoding } from './decode-body.ts'
import { hidingKey } from './hide-key.ts'
import { holdEnd, holdWhole } from './hold-back.ts'
import { passingBody, wholeBody } from './plain-body.ts'
import type { ResponseBody } from './response-body.ts'
import { type ResponseHandler, type Source, startCall } from './start-call.ts'
import { endLimitBytes, streamBody } from './stream-body.ts'
import { createTurns } from './take-turns.ts'
import { toUpstreamError, UpstreamError } from './upstream-error.ts'
import { createClientWriter } from './write-to-client.ts'

export type RelayOptions = {
  request: PreparedRequest
  response: ServerResponse
  clientFormat: WireFormat
  recorder: BodyRecorder
  deliveredRecorder: BodyRecorder
  createStreamTranslator: (() => StreamTranslator) | undefined
  /** What it returns is undefined where a stream has to be held whole. */
  createGuard: (() => FrameGuard | undefined) | undefined
  sendHead: (status: number, headers: IncomingHttpHeaders) => void
  accepts: (status: number, headers: IncomingHttpHeaders) => boolean
  holdsWhole: boolean
  limitBytes: number
  maxResponseBytes: number
  totalTimeoutMs: number
  isNewConnection: boolean
  /** The request does. */
  asksForStream: boolean
}

/** The head of a response, as the client gets it. */
type Head = Pick<Relayed, 'headers' | 'stream' | 'firstByteMs'> & { status: number }

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
 * | `holdsWhole`                       | held whole                    | held whole                    |
 *
 * An error (status 400 and above) is held whole too, and loses the credential that the provider may return in it. Any response loses
 * the server's own. A redirection ends the call with an error that names the other address.
 *
 * Never rejects. Memory, beyond what is held whole or by a guard: a chunk; 48 KB of a response that is no stream; of a frame and of a stream's end 64 KB each,
 * a longer frame passing in pieces; where frames are translated, one of at most 1 MB. What is held whole is at most
 * `limitBytes`. A client that reads slowly slows the provider down.
 *
 * A body that begins like an event stream is one, and one that begins like JSON is none, whatever `Content-Type` says: clients
 * read it so. A list of JSON counts as an event stream where the format writes streams so: its elements are the frames. A response that is packed although it was asked for as it is, is unpacked: what cannot be read cannot be decided on.
 *
 * @param accepts called with the provider's status and headers; false makes it end as `not-wanted`, with nothing sent.
 * A guard that blocks ends the stream there: it is `complete`, and its ending is left to the caller.
 *
 * @param recorder gets the provider's bytes, those of an error without the credential.
 * @param deliveredRecorder gets the client's bytes of a stream that is translated or judged.
 */
export function relay(options: RelayOptions): Promise<Relayed> {
  const { request, response, recorder, accepts, maxResponseBytes, totalTimeoutMs } = options
  const { name, config } = request.target.provider
  const { promise, resolve } = Promise.withResolvers<Relayed>()
  const startedAtMs = performance.now()
  let head: Head | undefined
  /** What has come of a body as long as that is too little to say what it is. */
  let begun: Buffer = Buffer.alloc(0)
  let body: ResponseBody | undefined
  let open: ((kind: BodyKind) => ResponseBody) | undefined
  let source: Pick<Source, 'abort'> | undefined
  let isOver = false
  let isBroken = false
  let isStale = false
  let receivedBytes = 0
  const turns = createTurns()
  /** What is still to be done with the last chunk, and what came meanwhile. */
  let working: Slices<void> | undefined
  const later: (() => void)[] = []

  const settle = (end: Relayed['end'], isOvertime = false) => {
    if (isOver) return
    if (typeof end === 'object' && !isBroken) {
      isBroken = true
      take(() => {
        hiding.breakOff()
        for (; working; takeLater()) atOnce(working)
        body?.breakOff()
      })
      if (isOver) return
    }
    isOver = true
    clearTimeout(timer)
    response.off('close', leave)
    resolve({ ...relayedOf(head, body, end, isOvertime, options), isStale })
  }
  const giveUp = (end: Relayed['end'], reason: Error, isOvertime = false) => {
    settle(end, isOvertime)
    source?.abort(reason)
  }
  const leave = () => {
    working?.return()
    giveUp('client-left', new Error('The client disconnected'))
  }
  const timer = setTimeout(() => {
    const error = timedOut(name, totalTimeoutMs)
    giveUp(error, error, head !== undefined)
  }, totalTimeoutMs)
  /** Runs a step of the response; what it cannot go on with ends the call. */
  const take = (step: () => void) => {
    try {
      if (!isOver) step()
    } catch (error) {
      working = undefined
      giveUp(toUpstreamError(error, name, true), error as Error)
    }
  }
  /** Takes what came after the work that is done, up to what takes long again. */
  const takeLater = () => {
    working = undefined
    while (!working && later.length > 0) later.shift()!()
  }
  const inOrder = (step: () => void) => {
    if (working) later.push(step)
    else step()
  }
  /** @returns whether nothing is left to do. */
  const workOn = (slices: Slices<void>): boolean => {
    let isDone = true
    take(() => {
      isDone = slices.next().done === true
    })
    return isDone
  }
  const workInTurns = async () => {
    for (; working; takeLater()) await inTurns(until(workOn, working))
    await recorder.room()
  }
  const takeChunk = (chunk: Buffer) => {
    if (isOver) return
    if (receivedBytes === 0 && isBinary(head!.headers, chunk)) recorder.omitLong()
    if (!isError(head!.status)) recorder.push(chunk)
    receivedBytes += chunk.length
    take(() => {
      if (receivedBytes > maxResponseBytes) throw endlessResponse(name, maxResponseBytes)
      if (body) {
        working = body.push(chunk)
        return
      }
      begun = begun.length === 0 ? chunk : Buffer.concat([begun, chunk])
      const kind = kindOf(begun, head!, options)
      if (kind) working = open!(kind).push(begun)
    })
  }

  const toClient: ResponseHandler = {
    head(status, headers, received) {
      const decoded = turns.of(received)
      source = decoded
      head = headOf(status, headers, options, startedAtMs)
      open = (kind) => {
        head = withKind(head!, kind, options)
        body = bodyOf(head, options, decoded, () => giveUp('complete', new Error('Blocked by policy')))
        return body
      }
      if (!head.stream || !options.asksForStream) return
      take(() => {
        if (open!('stream').isHeldWhole) return
        options.sendHead(status, head!.headers)
        response.flushHeaders()
      })
    },
    data: turns.taking((chunk) => {
      if (isOver) return undefined
      if (working) {
        later.push(() => takeChunk(chunk))
        return undefined
      }
      takeChunk(chunk)
      return working ? workInTurns() : recorder.room()
    }),
    end: () =>
      inOrder(() =>
        take(() => {
          const slices = body ? undefined : open!(labelOf(head!)).push(begun)
          if (slices) atOnce(slices)
          body!.end()
          settle('complete')
        }),
      ),
    error: (error, stale) =>
      inOrder(() => {
        isStale = stale && head === undefined
        settle(toUpstreamError(error, name, head !== undefined))
      }),
  }
  const hiding = hidingKey(config.apiKey, toClient)
  const unpacked = decoding(name, hiding)
  if (response.destroyed) {
    settle('client-left')
    return promise
  }
  response.on('close', leave)
  const receiver: ResponseHandler = {
    data: unpacked.data,
    end: unpacked.end,
    error: unpacked.error,
    head(status, headers, received) {
      if (isOver) return
      source = received
      head = { status, headers, stream: false, firstByteMs: performance.now() - startedAtMs }
      if (isRedirection(status, headers)) {
        const error = redirected(request, status, headers.location!)
        giveUp(error, error)
      } else if (accepts(status, headers)) unpacked.head(status, headers, received)
      else giveUp('not-wanted', new Error('Asked again instead'))
    },
  }
  source = startCall(request, receiver, options.isNewConnection)
  return promise
}

function* until<Work>(isDone: (work: Work) => boolean, work: Work): Slices<void> {
  while (!isDone(work)) yield
}

/** Of a call that no response has come to. */
export const noResponse: Omit<Relayed, 'end'> = {
  status: undefined,
  headers: {},
  stream: false,
  firstByteMs: undefined,
  follower: undefined,
  counter: undefined,
  short: undefined,
  outline: undefined,
  isMidFrame: false,
  list: undefined,
  reportsError: false,
  isOvertime: false,
  isStale: false,
  whole: undefined,
  held: Buffer.alloc(0),
  guard: undefined,
}

function headOf(
  status: number,
  headers: IncomingHttpHeaders,
  { request, clientFormat }: RelayOptions,
  startedAtMs: number,
): Head {
  const mediaType = String(headers['content-type'] ?? '').toLowerCase()
  return {
    status,
    headers: request.translator ? translateHeaders(headers, clientFormat.id) : headers,
    stream: status < 400 && mediaType.startsWith('text/event-stream'),
    firstByteMs: performance.now() - startedAtMs,
  }
}

function labelOf({ stream }: Head): BodyKind {
  return stream ? 'stream' : 'plain'
}

/**
 * What a body is, whatever its label says. Errors are never streams. While blank lines keep a connection alive they say nothing, and
 * pass where nobody waits for what follows.
 */
function kindOf(
  begun: Buffer,
  head: Head,
  { request: { format }, asksForStream, createGuard, holdsWhole }: RelayOptions,
): BodyKind | undefined {
  if (isError(head.status)) return 'plain'
  const isAwaited = asksForStream || holdsWhole || createGuard !== undefined
  return bodyKindOf(begun, labelOf(head), format) ?? (isAwaited ? undefined : labelOf(head))
}

/** The head for a body of that kind; a translated stream has the label of one. */
function withKind(head: Head, kind: BodyKind, { request }: RelayOptions): Head {
  const stream = kind === 'stream'
  if (stream === head.stream) return head
  const headers =
    stream && request.translator ? { ...head.headers, 'content-type': 'text/event-stream' } : head.headers
  return { ...head, stream, headers }
}

/** Composes what the bytes pass through: for a stream frames, translation and guard, and in each case what holds back. */
function bodyOf(head: Head, options: RelayOptions, source: Source, onBlocked: () => void): ResponseBody {
  const { request, response, clientFormat, createGuard, createStreamTranslator, limitBytes } = options
  const { name } = request.target.provider
  const isChanged = request.translator !== undefined || createGuard !== undefined
  const guard = head.stream ? createGuard?.() : undefined
  const needsWhole = head.stream ? createGuard && !guard : isChanged || isError(head.status)
  const isHeldWhole = options.holdsWhole || needsWhole === true
  if (guard) head.headers = guard.headers(head.headers)
  const send = createClientWriter(response, source, () => options.sendHead(head.status, head.headers))
  const whole = () => holdWhole(limitBytes, () => tooLarge(name, limitBytes))
  if (!head.stream) return isHeldWhole ? wholeBody(whole()) : passingBody(send)
  return streamBody({
    provider: name,
    format: request.format,
    clientFormat,
    framing: framingOf(options),
    translator: createStreamTranslator?.(),
    guard,
    hold: isHeldWhole ? whole() : holdEnd(send),
    isHeldWhole,
    noteDelivered: options.deliveredRecorder.push,
    onBlocked,
  })
}

/** A frame that nobody has to read whole passes in pieces where it is long. */
function framingOf({ holdsWhole, createGuard, createStreamTranslator, limitBytes }: RelayOptions) {
  if (holdsWhole || createGuard) return { maxFrameBytes: limitBytes }
  return createStreamTranslator ? {} : { maxFrameBytes: endLimitBytes, inPieces: true }
}

/** What has come of a call that is over. An error loses the credential before it is recorded or sent. */
function relayedOf(
  head: Head | undefined,
  body: ResponseBody | undefined,
  end: Relayed['end'],
  isOvertime: boolean,
  { request, recorder }: RelayOptions,
): Relayed {
  if (!head || !body) return { ...noResponse, ...head, end, isOvertime }
  const { status, headers, stream, firstByteMs } = head
  const {
    follower,
    counter,
    chunkTimes,
    short,
    outline,
    isMidFrame,
    list,
    reportsError,
    guard,
    held: bytes,
  } = body.result()
  const held = isError(status) ? withoutCredentials(bytes, request) : bytes
  if (isError(status)) recorder.push(held)
  return {
    end,
    status,
    headers,
    stream,
    firstByteMs,
    isOvertime,
    follower,
    counter,
    chunkTimes,
    short,
    outline,
    guard,
    held,
    isMidFrame: isMidFrame ?? false,
    list,
    isStale: false,
    reportsError: reportsError ?? false,
    whole: body.isHeldWhole && end === 'complete' ? held : undefined,
  }
}

/** Labelled as media or as a file, and it begins like one. */
function isBinary(headers: IncomingHttpHeaders, chunk: Buffer): boolean {
  return (
    /^\s*(?:image|audio|video|font)\/|^\s*application\/(?:octet-stream|pdf|zip|gzip|x-tar)/i.test(
      String(headers['content-type'] ?? ''),
    ) && hasControls(chunk)
  )
}

function isError(status: number): boolean {
  return status >= 400
}

/** Of a request that should be sent again elsewhere; a `Location` of any other response only names something. */
function isRedirection(status: number, { location }: IncomingHttpHeaders): boolean {
  return status >= 300 && status < 400 && status !== 304 && location !== undefined
}

/** Without the query of the other address, which may hold a credential. */
function redirected(
  { target: { provider }, path }: PreparedRequest,
  status: number,
  location: string,
): UpstreamError {
  const { origin } = new URL(provider.config.baseUrl)
  const place = URL.canParse(location, origin + path) ? new URL(location, origin + path) : undefined
  const to = place ? `${place.origin}${place.pathname}` : 'an address that cannot be read'
  return new UpstreamError(
    'upstream_redirected',
    `Provider ${provider.name} redirects to ${to} (status ${status}), and no redirection is followed: correct its base URL, or the path of the request`,
  )
}

function endlessResponse(provider: string, maxResponseBytes: number): UpstreamError {
  return new UpstreamError(
    'upstream_too_large',
    `The response of provider ${provider} is over ${maxResponseBytes} bytes (AIRS_MAX_ANSWER_BYTES)`,
  )
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
