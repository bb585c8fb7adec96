/** Text that stands in a view as base64. Offsets are those of the view. */
export type EncodedRun = { text: string; start: number; end: number }

/** Finds runs of base64 (with either alphabet) whose bytes are readable text, in a text that arrives in pieces. */
export type EncodedRunFinder = {
  /** `codes` from 0 to `length` follow what came before. */
  push(codes: Uint16Array, length: number): void
  end(): void
  /** Runs that were found since the last call. */
  take(): EncodedRun[]
  /** Start of a run at the end that may still become one; else how many characters came. */
  openFrom(): number
}

/** Fewer characters say nothing that is looked for. */
export const leastEncodedCharacters = 14
/** So many times text may stand encoded in encoded text. */
export const maxEncodings = 3
/** A longer run is read in parts, so that nothing is held for longer. */
export const longestRun = 8192

const values = new Int8Array(1 << 16).fill(-1)
for (const [index, character] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries())
  values[character.charCodeAt(0)] = index
values[45] = 62
values[95] = 63

/** Whether a text that was encoded can read otherwise than it is written, or have encoded text in it. Most have neither. */
export function mayReadOtherwise(text: string): boolean {
  let run = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    run = values[code]! < 0 ? 0 : run + 1
    if (run === leastEncodedCharacters || code > 126 || code === 92 || code === 37 || code === 38) return true
  }
  return false
}

/** Value of the slash, and of the underscore of the other alphabet. */
const slash = 63
const equals = 61
const mostPads = 2
const leastBytes = 48

/** In place of how many characters of a run were read: there is no run, or one that is no text. */
const outside = -1
const unreadable = -2

/**
 * States: outside of a run; in one that reads as text so far (`count` of its characters are read); in one that does not, which
 * ends with a slash too, because a path may go before encoded text; behind one, where padding may follow (`pads` of it did).
 */
export function createEncodedRunFinder(): EncodedRunFinder {
  const found: EncodedRun[] = []
  let bytes: Uint8Array | undefined
  let byteCount = 0
  let position = 0
  let start = 0
  let count: number = outside
  let bits = 0
  let continuation = 0
  let pads = -1

  const begin = (at: number) => {
    start = at
    count = 0
    bits = 0
    byteCount = 0
    continuation = 0
  }
  const report = (end: number) => {
    const text = Buffer.from(bytes!.subarray(0, byteCount)).toString('utf8')
    found.push({ text, start, end })
  }
  const closePadding = (end: number) => {
    report(end)
    pads = -1
  }
  /** For a group more. Most words are short, and there may be as many of these finders as there are texts. */
  const makeRoom = () => {
    if (bytes && byteCount + 3 <= bytes.length) return
    const larger = new Uint8Array(bytes ? 2 * bytes.length : leastBytes)
    if (bytes) larger.set(bytes)
    bytes = larger
  }
  /** Takes in the bits of a whole group of four characters; false where its bytes are no text. */
  const takeGroup = (): boolean => {
    makeRoom()
    for (let shift = 16; shift >= 0; shift -= 8) {
      const byte = (bits >>> shift) & 0xff
      continuation = following(byte, continuation)
      if (continuation < 0) return false
      bytes![byteCount++] = byte
    }
    bits = 0
    return true
  }
  /** The group that ends before `at` is no text. Its characters after a slash may begin another run. */
  const goOnAfterSlash = (at: number) => {
    const group = bits
    for (let after = 0; after < 4; after++) {
      if (((group >>> (6 * after)) & 63) !== slash) continue
      begin(at - after)
      count = after === 0 ? outside : after
      bits = group & ((1 << (6 * after)) - 1)
      return
    }
    count = unreadable
  }
  /** What is left over of a run: two characters are a byte, three are two. */
  const finish = (): boolean => {
    const rest = count & 3
    if (count < leastEncodedCharacters || rest === 1) return false
    makeRoom()
    if (rest >= 2) {
      const tail = rest === 2 ? [bits >>> 4] : [bits >>> 10, bits >>> 2]
      for (const value of tail) {
        continuation = following(value & 0xff, continuation)
        if (continuation < 0) return false
        bytes![byteCount++] = value & 0xff
      }
    }
    return true
  }

  return {
    push(codes, length) {
      let index = 0
      while (index < length) {
        if (pads >= 0) {
          if (codes[index] !== equals) closePadding(position + index)
          else if (++pads === mostPads) closePadding(position + ++index)
          else index++
          continue
        }
        if (count === unreadable) {
          while (index < length && values[codes[index]!]! >= 0 && values[codes[index]!] !== slash) index++
          if (index === length) break
          index++
          count = outside
        }
        if (count === outside) {
          index = nextRun(codes, index, length)
          if (index === length) break
          begin(position + index)
        }
        const value = values[codes[index]!]!
        if (value < 0) {
          if (count > 0 && finish()) pads = 0
          count = outside
          continue
        }
        index++
        bits = (bits << 6) | value
        count++
        if ((count & 3) !== 0) continue
        if (!takeGroup()) goOnAfterSlash(position + index)
        else if (count === longestRun) {
          report(position + index)
          count = outside
        }
      }
      position += length
    },
    end() {
      if (pads >= 0 || (count > 0 && finish())) report(position)
      pads = -1
      count = outside
    },
    take: () => found.splice(0),
    openFrom: () => (count >= 0 || pads >= 0 ? start : position),
  }
}

/**
 * Where the next run begins that is long enough or reaches the end; `length` for none. Where so many characters from here on hold one
 * that is none of base64, no run is long enough that begins before it: most words are passed over at a glance.
 */
function nextRun(codes: Uint16Array, from: number, length: number): number {
  let start = from
  while (start + leastEncodedCharacters <= length) {
    let at = start + leastEncodedCharacters - 1
    while (at >= start && values[codes[at]!]! >= 0) at--
    if (at < start) return start
    start = at + 1
  }
  for (let at = length - 1; at >= start; at--) if (values[codes[at]!]! < 0) return at + 1
  return start
}

/** How many bytes must follow to go on with a character of UTF-8 that a reader can see; -1 where this byte is none of it. */
function following(byte: number, expected: number): number {
  if (expected > 0) return byte >= 0x80 && byte <= 0xbf ? expected - 1 : -1
  if (byte < 0x80) return (byte >= 32 && byte < 127) || byte === 10 || byte === 13 || byte === 9 ? 0 : -1
  if (byte >= 0xc2 && byte <= 0xdf) return 1
  if (byte >= 0xe0 && byte <= 0xef) return 2
  return byte >= 0xf0 && byte <= 0xf4 ? 3 : -1
}
