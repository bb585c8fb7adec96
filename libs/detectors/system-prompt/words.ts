/** The words of a text: hashes of their letters and digits without case, and where they stand. */
export type Words = { count: number; hashes: Int32Array; starts: Int32Array; ends: Int32Array }

const wordPattern = /[\p{L}\p{N}]+/gu

export function readWords(text: string): Words {
  const hashes: number[] = []
  const starts: number[] = []
  const ends: number[] = []
  for (const { 0: word, index } of text.matchAll(wordPattern)) {
    hashes.push(hashOf(word.toLowerCase()))
    starts.push(index)
    ends.push(index + word.length)
  }
  return {
    count: hashes.length,
    hashes: Int32Array.from(hashes),
    starts: Int32Array.from(starts),
    ends: Int32Array.from(ends),
  }
}

function hashOf(word: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < word.length; index++)
    hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193)
  return hash | 0
}
