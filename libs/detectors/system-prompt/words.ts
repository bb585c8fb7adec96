/** The words of a text: hashes of their letters and digits without case and accents, and where they stand. */
export type Words = {
  count: number
  hashes: Int32Array
  starts: Int32Array
  ends: Int32Array
  /** As many as a reader would count, where a script has no spaces and each letter is a word here. */
  spoken: number
}

/** Scripts without spaces between words, and how many letters make a word of them. */
const han = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\u30fc\\uff70'
const thai = '\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}'
const lettersOfWord = [
  { letters: 2, pattern: new RegExp(`^(?=\\p{L})[${han}]`, 'u') },
  { letters: 4, pattern: new RegExp(`^(?=\\p{L})[${thai}]`, 'u') },
]
const unspaced = `(?=\\p{L})[${han}${thai}]`
/** A word does not begin with the mark on a letter that is a word by itself. */
const wordPattern = new RegExp(`${unspaced}|[\\p{L}\\p{N}](?:(?!${unspaced})[\\p{L}\\p{N}\\p{M}])*`, 'gu')
const noWord = new RegExp(`${unspaced}|[^\\p{L}\\p{N}\\p{M}]`, 'u')
/** So much of a word that is not over is told: the word itself may be endless. */
const beginningLength = 8

export function readWords(text: string): Words {
  const hashes: number[] = []
  const starts: number[] = []
  const ends: number[] = []
  let spoken = 0
  const reader = createWordReader((hash, start, end) => {
    hashes.push(hash)
    starts.push(start)
    ends.push(end)
    spoken += 1 / lettersIn(text, start)
  })
  reader.push(text)
  reader.end()
  return {
    count: hashes.length,
    hashes: Int32Array.from(hashes),
    starts: Int32Array.from(starts),
    ends: Int32Array.from(ends),
    spoken,
  }
}

function lettersIn(text: string, at: number): number {
  if (text.charCodeAt(at) < 0x0e00) return 1
  const word = text.slice(at, at + 2)
  return lettersOfWord.find(({ pattern }) => pattern.test(word))?.letters ?? 1
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
    if (begun !== '') found(hashOf(withoutCase(begun)), begunAt, begunAt + begun.length)
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
        if (begunAt + word.length < length || lettersIn(word, 0) > 1) complete()
      }
    },
    end: complete,
    unfinished: () => beginning,
    unfinishedFrom: () => begunAt,
  }
}

const isAscii = /^[\0-\x7f]*$/
const marks = /\p{M}+/gu

/** Letters alone: the same whether an accent stands on its letter, behind it, or is left out. */
export function withoutCase(word: string): string {
  const lower = word.toLowerCase()
  return isAscii.test(lower) ? lower : lower.normalize('NFD').replace(marks, '')
}

function hashOf(word: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < word.length; index++)
    hash = Math.imul(hash ^ word.charCodeAt(index), 0x01000193)
  return hash | 0
}
