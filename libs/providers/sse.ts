import { type JsonObject, parseObject } from './json.ts'

/**
 * One block of an event stream (WHATWG HTML, section 9.2), up to and including the blank line that ends it.
 * A block without data (comments, keep-alives) is a frame too, so that joining all `raw` gives the stream's exact bytes.
 */
export type SseFrame = {
  event: string | undefined
  data: string
  raw: Buffer
  parsed?: JsonObject | null
}

/** The provider's stream cannot be read on. */
export class MalformedStreamError extends Error {
  override name = 'MalformedStreamError'
}

export type SseParser = {
  /**
   * The frames that this chunk completes.
   * @throws MalformedStreamError at the call after the one that ran over the limit, if that one still had frames to give.
   */
  push(chunk: Buffer): SseFrame[]
  /** What came after the last blank line, read as if that line had come. Undefined where nothing did. */
  end(): SseFrame | undefined
}

const lineFeed = 0x0a
const carriageReturn = 0x0d

/**
 * Incremental parser over bytes. Takes CR, LF and CRLF, cut anywhere. A frame is given out as soon as its blank line is
 * certain: where that line's CRLF is cut in two, the LF begins the next frame's `raw`.
 */
export function createSseParser({ maxFrameBytes = 1024 * 1024 } = {}): SseParser {
  let held = Buffer.alloc(0)
  let heldBytes = 0
  let atLineStart = true
  let afterCarriageReturn = false
  let overrun: MalformedStreamError | undefined

  function hold(rest: Buffer): void {
    const neededBytes = heldBytes + rest.length
    if (neededBytes > held.length) {
      const larger = Buffer.allocUnsafe(Math.max(neededBytes, 2 * held.length, 1024))
      held.copy(larger, 0, 0, heldBytes)
      held = larger
    }
    rest.copy(held, heldBytes)
    heldBytes = neededBytes
  }

  function take(last: Buffer): Buffer {
    if (heldBytes === 0) return last
    const raw = Buffer.concat([held.subarray(0, heldBytes), last])
    if (held.length > 64 * 1024) held = Buffer.alloc(0)
    heldBytes = 0
    return raw
  }

  function push(chunk: Buffer): SseFrame[] {
    if (overrun) throw overrun
    const frames: SseFrame[] = []
    let start = 0
    let at = afterCarriageReturn && chunk[0] === lineFeed ? 1 : 0
    if (chunk.length > 0) afterCarriageReturn = false
    let nextLineFeed = -1
    let nextCarriageReturn = -1
    while (true) {
      if (nextLineFeed < at) nextLineFeed = indexOfByte(chunk, lineFeed, at)
      if (nextCarriageReturn < at) nextCarriageReturn = indexOfByte(chunk, carriageReturn, at)
      const lineEnd = Math.min(nextLineFeed, nextCarriageReturn)
      if (lineEnd === Number.POSITIVE_INFINITY) break
      const blank = atLineStart && lineEnd === at
      at = lineEnd + 1
      atLineStart = true
      if (lineEnd === nextCarriageReturn) {
        if (at === chunk.length) afterCarriageReturn = true
        else if (chunk[at] === lineFeed) at++
      }
      if (!blank) continue
      if (heldBytes + at - start > maxFrameBytes) return runOver(frames)
      frames.push(readFrame(take(chunk.subarray(start, at))))
      start = at
    }
    if (at < chunk.length) atLineStart = false
    if (heldBytes + chunk.length - start > maxFrameBytes) return runOver(frames)
    if (start < chunk.length) hold(chunk.subarray(start))
    return frames
  }

  function runOver(frames: SseFrame[]): SseFrame[] {
    overrun = new MalformedStreamError(
      `A frame of the provider's event stream is longer than ${maxFrameBytes} bytes`,
    )
    if (frames.length === 0) throw overrun
    return frames
  }

  function end(): SseFrame | undefined {
    if (overrun) throw overrun
    return heldBytes === 0 ? undefined : readFrame(take(Buffer.alloc(0)))
  }

  return { push, end }
}

/** The JSON object that a frame's data holds, parsed once; undefined where it holds anything else. */
export function frameJson(frame: SseFrame): JsonObject | undefined {
  if (frame.parsed === undefined) frame.parsed = parseObject(frame.data) ?? null
  return frame.parsed ?? undefined
}

/** The text of a frame that carries `data`. */
export function sseText(data: string | JsonObject, event?: string): string {
  const body = typeof data === 'string' ? data : JSON.stringify(data)
  const lines = body
    .split(/\r\n|\n|\r/)
    .map((line) => `data: ${line}\n`)
    .join('')
  return event === undefined ? `${lines}\n` : `event: ${event}\n${lines}\n`
}

/** The same frame with other data. */
export function withFrameJson(frame: SseFrame, json: JsonObject): SseFrame {
  return readFrame(Buffer.from(sseText(json, frame.event)))
}

/** Reads one block; its bytes are kept as they are. */
export function readFrame(raw: Buffer): SseFrame {
  if (isOneDataLine(raw)) return { event: undefined, data: raw.toString('utf8', 6, raw.length - 2), raw }
  const text = raw.toString('utf8')
  let event: string | undefined
  const data: string[] = []
  for (const line of (text.startsWith('\uFEFF') ? text.slice(1) : text).split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    if (field !== 'data' && field !== 'event') continue
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'data') data.push(value)
    else event = value
  }
  return { event: event || undefined, data: data.join('\n'), raw }
}

const dataPrefix = Buffer.from('data: ')

/** `data: …` and a blank line, as nearly every frame of OpenAI's is. */
function isOneDataLine(raw: Buffer): boolean {
  return (
    raw.length >= 8 &&
    raw.indexOf(lineFeed) === raw.length - 2 &&
    raw[raw.length - 1] === lineFeed &&
    raw.compare(dataPrefix, 0, 6, 0, 6) === 0 &&
    !raw.includes(carriageReturn)
  )
}

function indexOfByte(chunk: Buffer, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from)
  return at === -1 ? Number.POSITIVE_INFINITY : at
}
