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
    let at = 0
    while (at < chunk.length) {
      const byte = chunk[at++]
      if (byte === lineFeed && afterCarriageReturn) {
        afterCarriageReturn = false
        continue
      }
      afterCarriageReturn = byte === carriageReturn
      if (byte !== lineFeed && byte !== carriageReturn) {
        atLineStart = false
        continue
      }
      if (!atLineStart) {
        atLineStart = true
        continue
      }
      if (afterCarriageReturn && chunk[at] === lineFeed) {
        at++
        afterCarriageReturn = false
      }
      if (heldBytes + at - start > maxFrameBytes) break
      frames.push(readFrame(take(chunk.subarray(start, at))))
      start = at
    }
    if (heldBytes + at - start > maxFrameBytes) {
      overrun = new MalformedStreamError(
        `A frame of the provider's event stream is longer than ${maxFrameBytes} bytes`,
      )
      if (frames.length === 0) throw overrun
    } else if (start < chunk.length) {
      hold(chunk.subarray(start))
    }
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
  const text = raw.toString('utf8').replace(/^\uFEFF/, '')
  if (text.startsWith('data: ') && text.endsWith('\n\n') && text.search(/[\r\n]/) === text.length - 2) {
    return { event: undefined, data: text.slice(6, -2), raw }
  }
  let event: string | undefined
  const data: string[] = []
  for (const line of text.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    if (field !== 'data' && field !== 'event') continue
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'data') data.push(value)
    else event = value
  }
  return { event: event || undefined, data: data.join('\n'), raw }
}
