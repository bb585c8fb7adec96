import { createJsonOutline, type JsonOutline } from './json-outline.ts'
import { createSseParser, MalformedStreamError, type SseFrame, type SseParser } from './sse.ts'
import type { WireFormat } from './wire-format.ts'

type Framing = NonNullable<Parameters<typeof createSseParser>[0]>

/** Reads a stream into frames in whichever way it is written: as events or, where its format has that, as a list of JSON. */
export function createFrameParser(
  { listsFrames }: Pick<WireFormat, 'listsFrames'>,
  framing: Framing = {},
): SseParser {
  if (!listsFrames) return createSseParser(framing)
  let parser: SseParser | undefined
  let begun: Buffer = Buffer.alloc(0)
  return {
    push(chunk) {
      if (parser) return parser.push(chunk)
      begun = begun.length === 0 ? chunk : Buffer.concat([begun, chunk])
      if (isSpace(begun)) return []
      parser = beginsAsList(begun) ? createListParser(framing) : createSseParser(framing)
      return parser.push(begun)
    },
    end() {
      if (parser) return parser.end()
      return begun.length === 0 ? undefined : { event: undefined, data: '', raw: begun }
    },
  }
}

/** Whether a body that has begun is a list; clients pass over a byte order mark. */
export function beginsAsList(begun: Buffer): boolean {
  return /^(?:\xEF\xBB\xBF)?\s*\[/.test(begun.toString('latin1', 0, maxSpaceBytes + 4))
}

function isSpace(begun: Buffer): boolean {
  return begun.length <= maxSpaceBytes && /^(?:\xEF(?:\xBB\xBF?)?)?\s*$/.test(begun.toString('latin1'))
}

/** Before a list begins, and between its elements. */
const maxSpaceBytes = 4096

const [space, tab, lineFeed, carriageReturn] = [0x20, 0x09, 0x0a, 0x0d]
const [quote, backslash, comma] = [0x22, 0x5c, 0x2c]
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]

/**
 * What may come next outside of elements:
 *
 * | state    | next                       |
 * |----------|----------------------------|
 * | `before` | `[`                        |
 * | `opened` | an element, or `]`         |
 * | `after`  | `,` or `]`                 |
 * | `comma`  | an element                 |
 * | `closed` | nothing                    |
 * | `broken` | anything: it is no list    |
 */
type State = 'before' | 'opened' | 'after' | 'comma' | 'closed' | 'broken'

/**
 * Incremental parser of a stream that is written as a JSON list of objects, cut anywhere. Each element is a frame, whose `raw`
 * begins behind the element before it; `]` and what follows is one without data. Joining all `raw` gives the stream's exact bytes.
 * @param inPieces gives out a frame over the limit in pieces, and what is no such list as it comes; without it both are errors.
 */
export function createListParser({ maxFrameBytes = 1024 * 1024, inPieces = false }: Framing = {}): SseParser {
  let held: Buffer[] = []
  let heldBytes = 0
  let state: State = 'before'
  /** Of brackets within an element; 0 outside of it. */
  let depth = 0
  /** Where it begins in its frame. */
  let elementAt = 0
  let isInString = false
  let isEscaped = false
  let failure: MalformedStreamError | undefined
  let long: JsonOutline | undefined

  function take(last: Buffer): Buffer {
    const raw = held.length === 0 ? last : Buffer.concat([...held, last])
    held = []
    heldBytes = 0
    return raw
  }

  /** @returns where it goes on behind the string, or the end of the chunk. */
  function readString(chunk: Buffer, from: number): number {
    let at = isEscaped ? from + 1 : from
    isEscaped = false
    while (at < chunk.length) {
      const found = chunk.indexOf(quote, at)
      const to = found === -1 ? chunk.length : found
      let slashes = 0
      while (to - 1 - slashes >= at && chunk[to - 1 - slashes] === backslash) slashes++
      isEscaped = found === -1 && slashes % 2 === 1
      if (found === -1) return to
      if (slashes % 2 === 0) {
        isInString = false
        return found + 1
      }
      at = found + 1
    }
    return at
  }

  /** @returns whether it is the end of an element. */
  function readWithin(byte: number): boolean {
    if (byte === quote) isInString = true
    else if (byte === openBrace || byte === openBracket) depth++
    else if (byte === closeBrace || byte === closeBracket) depth--
    return depth === 0
  }

  /** Reads a byte outside of elements. */
  function readBetween(byte: number, isFirst: boolean): void {
    if (byte === space || byte === tab || byte === lineFeed || byte === carriageReturn) return
    if (state === 'before' && isMark(byte, isFirst)) return
    if (state === 'before' && byte === openBracket) state = 'opened'
    else if ((state === 'opened' || state === 'comma') && byte === openBrace) depth = 1
    else if ((state === 'opened' || state === 'after') && byte === closeBracket) state = 'closed'
    else if (state === 'after' && byte === comma) state = 'comma'
    else state = 'broken'
  }

  /** Of a byte order mark. */
  function isMark(byte: number, isFirst: boolean): boolean {
    return (isFirst && byte === 0xef) || byte === 0xbb || byte === 0xbf
  }

  function push(chunk: Buffer): SseFrame[] {
    if (failure) throw failure
    const frames: SseFrame[] = []
    let start = 0
    for (let at = 0; at < chunk.length && state !== 'broken'; ) {
      if (isInString) at = readString(chunk, at)
      else if (depth > 0) {
        if (!readWithin(chunk[at++]!)) continue
        state = 'after'
        frames.push(elementOf(take(chunk.subarray(start, at))))
        start = at
      } else {
        readBetween(chunk[at]!, heldBytes + at - start === 0)
        if (depth > 0) elementAt = heldBytes + at - start
        at++
      }
    }
    const rest = chunk.subarray(start)
    if (state === 'broken') return takeAnything(frames, rest)
    if (state === 'closed') {
      if (rest.length > 0) frames.push({ event: undefined, data: '', raw: take(rest), listed: 'end' })
      return frames
    }
    const isLong = heldBytes + rest.length > maxFrameBytes
    if (isLong && !inPieces)
      return fail(frames, `A frame of the provider's list of JSON is longer than ${maxFrameBytes} bytes`)
    if (rest.length === 0) return frames
    if (isLong || long) frames.push(pieceOf(take(rest)))
    else {
      held.push(rest)
      heldBytes += rest.length
    }
    return frames
  }

  function elementOf(raw: Buffer): SseFrame {
    if (!long) return listFrame(raw, elementAt)
    long.push(raw)
    const parsed = long.result() ?? null
    long = undefined
    const data = parsed ? JSON.stringify(parsed) : ''
    return { event: undefined, data, raw, parsed, piece: 'ended' }
  }

  function pieceOf(raw: Buffer): SseFrame {
    if (long) long.push(raw)
    else {
      long = createJsonOutline()
      long.push(raw.subarray(depth > 0 ? elementAt : raw.length))
    }
    return { event: undefined, data: '', raw, parsed: null, piece: 'begun' }
  }

  function takeAnything(frames: SseFrame[], rest: Buffer): SseFrame[] {
    if (!inPieces) return fail(frames, "The provider's stream is no list of JSON objects")
    const raw = take(rest)
    if (raw.length > 0) frames.push({ event: undefined, data: '', raw, parsed: null })
    return frames
  }

  function fail(frames: SseFrame[], message: string): SseFrame[] {
    failure = new MalformedStreamError(message)
    if (frames.length === 0) throw failure
    return frames
  }

  function end(): SseFrame | undefined {
    if (failure) throw failure
    if (heldBytes === 0) return undefined
    const isWithin = depth > 0
    const raw = take(Buffer.alloc(0))
    return isWithin ? listFrame(raw, elementAt) : { event: undefined, data: '', raw }
  }

  return { push, end }
}

/** An element of a list and what stands before it. */
function listFrame(raw: Buffer, from: number): SseFrame {
  return { event: undefined, data: raw.toString('utf8', from), raw, listed: 'element' }
}

/** Frames of events as the last elements of a list. @param hasBegun the list has, whatever it has in it. */
export function listEnding(events: string, hasBegun: boolean): string {
  const parser = createSseParser({ maxFrameBytes: Number.POSITIVE_INFINITY })
  const elements = parser.push(Buffer.from(events)).map(({ data }) => data)
  return `${hasBegun ? ',\n' : '['}${elements.join(',\n')}\n]`
}
