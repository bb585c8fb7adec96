import { type JsonObject, parseObject } from './json.ts'
import { createJsonOutline, type JsonOutline } from './json-outline.ts'

/**
 * One block of an event stream (WHATWG HTML, section 9.2), up to and including the blank line that ends it.
 * A block without data (comments, keep-alives) is a frame too, so that joining all `raw` gives the stream's exact bytes.
 */
export type SseFrame = {
  event: string | undefined
  data: string
  raw: Buffer
  parsed?: JsonObject | null
  /**
   * Set where the block is too long to be held: `begun` for a piece that more follow, without data; `ended` for the last
   * one, whose JSON is the outline of the whole block's (`createJsonOutline`).
   */
  piece?: 'begun' | 'ended'
  /** Set where the stream is a JSON list: an `element` of it is the data, and what separates it from the one before stands in `raw`. */
  listed?: 'element' | 'end'
  /** Set where it was translated: no provider signed the thinking in it. */
  unsigned?: true
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

/** Lines before `data` stand within so much of a frame. */
const longHeadBytes = 4 * 1024

const lineFeed = 0x0a
const carriageReturn = 0x0d

/**
 * Incremental parser over bytes. Takes CR, LF and CRLF, cut anywhere. A frame is given out as soon as its blank line is
 * certain: where that line's CRLF is cut in two, the LF begins the next frame's `raw`.
 * @param inPieces gives out a frame over the limit in pieces; without it such a frame is an error.
 */
export function createSseParser({ maxFrameBytes = 1024 * 1024, inPieces = false } = {}): SseParser {
  let held = Buffer.alloc(0)
  let heldBytes = 0
  let atLineStart = true
  let afterCarriageReturn = false
  let overrun: MalformedStreamError | undefined
  /** Of the frame that is given out in pieces. */
  let long: { event: string | undefined; outline: JsonOutline } | undefined

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
      if (!long && heldBytes + at - start > maxFrameBytes) {
        if (!inPieces) return runOver(frames)
        frames.push(beginLong(take(chunk.subarray(start, at - 1))))
        start = at - 1
      }
      const raw = take(chunk.subarray(start, at))
      frames.push(long ? endLong(long, raw) : readFrame(raw))
      start = at
    }
    if (at < chunk.length) atLineStart = false
    if (heldBytes + chunk.length - start > maxFrameBytes || (long && start < chunk.length)) {
      if (!inPieces) return runOver(frames)
      const raw = take(chunk.subarray(start))
      long?.outline.push(raw)
      frames.push(long ? { event: undefined, data: '', raw, parsed: null, piece: 'begun' } : beginLong(raw))
    } else if (start < chunk.length) hold(chunk.subarray(start))
    return frames
  }

  function beginLong(raw: Buffer): SseFrame {
    const { event } = readFrame(raw)
    const outline = createJsonOutline()
    const line = /(?:^|[\r\n])data:/.exec(raw.toString('latin1', 0, longHeadBytes))
    outline.push(line ? raw.subarray(line.index + line[0].length) : Buffer.from('?'))
    long = { event, outline }
    return { event: undefined, data: '', raw, parsed: null, piece: 'begun' }
  }

  function endLong(
    { event, outline }: { event: string | undefined; outline: JsonOutline },
    raw: Buffer,
  ): SseFrame {
    outline.push(raw)
    long = undefined
    const parsed = outline.result() ?? null
    return { event, data: parsed ? JSON.stringify(parsed) : '', raw, parsed, piece: 'ended' }
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
    if (long) return endLong(long, Buffer.alloc(0))
    return heldBytes === 0 ? undefined : readFrame(take(Buffer.alloc(0)))
  }

  return { push, end }
}

/**
 * Whether JSON may contain a word, as it is or with escapes; where it may not, it need not be parsed to look for the word. Of what is
 * long nobody looks: it is parsed once for whoever asks, and looked through each time.
 */
export function mayHave(data: string, word: string): boolean {
  return data.length > longCharacters || data.includes(word) || data.includes('\\u')
}

/** A longer frame is looked at as little as can be. */
export const longCharacters = 64 * 1024

/** Whether a frame ends a stream of OpenAI's: the official clients accept anything behind the word. */
export function isDone({ data }: SseFrame): boolean {
  return data.startsWith('[DONE]')
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

/** The same frame with other data; its other bytes stay. */
export function withFrameData(frame: SseFrame, data: string): SseFrame {
  const raw = frame.raw.toString('utf8')
  const at = raw.indexOf(frame.data)
  if (frame.listed)
    return { event: undefined, data, raw: Buffer.from(raw.slice(0, at) + data), listed: frame.listed }
  const isOneLine = at !== -1 && /(?:^|[\r\n])data: ?$/.test(raw.slice(0, at))
  return readFrame(
    Buffer.from(
      isOneLine ? raw.slice(0, at) + data + raw.slice(at + frame.data.length) : sseText(data, frame.event),
    ),
  )
}

/** The standard has one at the start of a stream only. Clients that decode line by line pass over it at the start of each. */
const byteOrderMark = '\uFEFF'

/** Reads one block; its bytes are kept as they are. */
export function readFrame(raw: Buffer): SseFrame {
  if (isOneDataLine(raw)) return { event: undefined, data: raw.toString('utf8', 6, raw.length - 2), raw }
  const text = raw.toString('utf8')
  let event: string | undefined
  const data: string[] = []
  for (const written of text.split(/\r\n|\n|\r/)) {
    const line = written.startsWith(byteOrderMark) ? written.slice(1) : written
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
