import { type JsonObject, maxNesting, parseObject } from './json.ts'

/** Longest string that an outline keeps, in bytes as written; a longer one is empty there. */
const maxStringBytes = 512
/** Elements that it keeps of a list. */
const maxElements = 8
const maxOutlineBytes = 32 * 1024

/**
 * Reads a JSON object of any length as it arrives and keeps what is short of it: model, usage and finish reasons stand
 * in their places, long strings are empty and long lists are cut. Memory: at most 32 KB.
 */
export type JsonOutline = {
  push(chunk: Buffer): void
  /** Undefined where what came is no JSON object, or one with too many short parts. */
  result(): JsonObject | undefined
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c]
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]

export function createJsonOutline(): JsonOutline {
  let kept = Buffer.allocUnsafe(1024)
  let keptBytes = 0
  let failed = false
  /** For each open list how many elements it has begun; -1 for an object. */
  const open: number[] = []
  /** Depth of the list whose further elements are passed over; 0 while everything is kept. */
  let passingOver = 0
  let inString = false
  /** Where the string begins in `kept`; -1 once it is too long. */
  let stringStart = 0
  let stringBytes = 0
  let backslashes = 0

  function keep(byte: number): void {
    room(1)
    if (!failed) kept[keptBytes++] = byte
  }

  function room(bytes: number): void {
    const needed = keptBytes + bytes
    if (needed > maxOutlineBytes) {
      failed = true
      kept = Buffer.alloc(0)
      keptBytes = 0
    } else if (needed > kept.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * kept.length))
      kept.copy(larger, 0, 0, keptBytes)
      kept = larger
    }
  }

  /** Reads on within a string. @returns where it goes on behind it, or the end of the chunk. */
  function readString(chunk: Buffer, from: number): number {
    let at = from
    while (at < chunk.length) {
      let close = chunk.indexOf(quote, at)
      if (close === -1) close = chunk.length
      let before = 0
      while (close - 1 - before >= from && chunk[close - 1 - before] === backslash) before++
      if (close - before === from) before += backslashes
      if (close === chunk.length) {
        backslashes = before
        keepString(chunk, from, close)
        return close
      }
      if (before % 2 === 0) {
        keepString(chunk, from, close)
        inString = false
        if (passingOver === 0) keep(quote)
        return close + 1
      }
      at = close + 1
    }
    backslashes = 0
    keepString(chunk, from, at)
    return at
  }

  function keepString(chunk: Buffer, from: number, to: number): void {
    stringBytes += to - from
    if (passingOver > 0 || stringStart === -1 || failed) return
    if (stringBytes > maxStringBytes) {
      keptBytes = stringStart
      stringStart = -1
      return
    }
    room(to - from)
    if (!failed) keptBytes += chunk.copy(kept, keptBytes, from, to)
  }

  function readByte(byte: number): void {
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return
    if (open.length === 0 && (byte !== openBrace || keptBytes > 0)) {
      failed = true
      return
    }
    if (byte === closeBrace || byte === closeBracket) {
      if (passingOver === open.length) passingOver = 0
      open.pop()
    } else if (byte === comma && passingOver === 0 && open.at(-1)! >= 0) {
      open[open.length - 1]! += 1
      if (open.at(-1) === maxElements) passingOver = open.length
    }
    if (passingOver === 0) keep(byte)
    if (byte === openBrace || byte === openBracket) open.push(byte === openBracket ? 0 : -1)
    else if (byte === quote) {
      inString = true
      stringStart = keptBytes
      stringBytes = 0
      backslashes = 0
    }
    if (open.length > maxNesting) failed = true
  }

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length && !failed; ) {
        if (inString) at = readString(chunk, at)
        else readByte(chunk[at++]!)
      }
    },
    result: () => (failed || open.length > 0 ? undefined : parseObject(kept.toString('utf8', 0, keptBytes))),
  }
}
