import { codesOf } from '../codes.ts'

/** A text with its tag characters spelled, and where they begin in it. */
export type SpelledText = { text: string; tags: Int32Array }

const lead = 0xdb40
const firstTag = 0xdc20
const lastTag = 0xdc7e
/** Fills the second half of a tag character's place, and is not shown. */
const filler = 0x2060

/**
 * A text with its tag characters (U+E0020 to U+E007E), which nobody sees and models read, as the ASCII characters that they spell.
 * Every other character keeps its place. Undefined where there are none, as in most texts.
 */
export function spelledOf(text: string): SpelledText | undefined {
  if (!text.includes('\udb40')) return undefined
  const { length } = text
  const codes = codesOf(text)
  let count = 0
  for (let index = 0; index < length; index++) if (isTagAt(codes, index, length)) count++
  if (count === 0) return undefined
  const tags = new Int32Array(count)
  count = 0
  for (let index = 0; index < length; index++) {
    if (!isTagAt(codes, index, length)) continue
    tags[count++] = index
    codes[index] = codes[index + 1]! - 0xdc00
    codes[++index] = filler
  }
  return { text: Buffer.from(codes.buffer, codes.byteOffset, 2 * length).toString('utf16le'), tags }
}

function isTagAt(codes: Uint16Array, index: number, length: number): boolean {
  if (codes[index] !== lead || index + 1 >= length) return false
  const low = codes[index + 1]!
  return low >= firstTag && low <= lastTag
}
