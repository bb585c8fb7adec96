/** The words of a text: hashes of their letters and digits without case, and where they stand. */
export type Words = { count: number; hashes: Int32Array; starts: Int32Array; ends: Int32Array }

const wordPattern = /[\p{L}\p{N}]+/gu
const noWord = /[^\p{L}\p{N}]/u
/** So much of a word that is not over is told: the word itself may be endless. */
const beginningLength = 8

export function readWords(text: string): Words {
  const hashes: number[] = []
  const starts: number[] = []
  const ends: number[] = []
  const reader = createWordReader((hash, start, end) => {
    hashes.push(hash)
    starts.push(start)
    ends.push(end)
  })
  reader.push(text)
  reader.end()
  return {
    count: hashes.length,
    hashes: Int32Array.from(hashes),
    starts: Int32Array.from(starts),
    ends: Int32Array.from(ends),
  }
}

/** Reads the words of a text that arrives in pieces. */
export type WordReader = {
  push(text: string): void
  end(): void
  /** How the word at the end begins, which may go on; empty where there is none. */
  unfinished(): string
  unfinishedFrom(): number
}

/** @param found called with each word when it is complete. Offsets are those of the whole text. */
export function createWordReader(found: (hash: number, start: number, end: number) => void): WordReader {
  let length = 0
  let begun = ''
  let beginning = ''
  let begunAt = 0

  function complete(): void {
    if (begun !== '') found(hashOf(begun.toLowerCase()), begunAt, begunAt + begun.length)
    begun = ''
    beginning = ''
  }
  return {
    push(text) {
      let rest = text
      let offset = length
      length += text.length
      if (begun !== '') {
        const end = noWord.exec(text)?.index ?? -1
        begun += end === -1 ? text : text.slice(0, end)
        if (beginning.length < beginningLength) beginning = begun.slice(0, beginningLength)
        if (end === -1) return
        complete()
        rest = text.slice(end)
        offset += end
      }
      for (const { 0: word, index } of rest.matchAll(wordPattern)) {
        begun = word
        beginning = word.slice(0, beginningLength)
        begunAt = offset + index
        if (begunAt + word.length < length) complete()
      }
    },
    end: complete,
    unfinished: () => beginning,
    unfinishedFrom: () => begunAt,
  }
}

function hashOf(word: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < word.length; index++)
    hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193)
  return hash | 0
}
