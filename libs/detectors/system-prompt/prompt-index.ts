import { readWords, withoutCase } from './words.ts'

/** A prompt of fewer words says nothing that an answer could not say by chance. */
const leastWords = 4
/** The beginning of a word by which it is told that it may become a word of the prompt. */
const prefixLength = 4

/** A system prompt, prepared to be recognised in what is said. */
export type PromptIndex = {
  hashes: Int32Array
  count: number
  /** How many words in a row make a match. */
  length: number
  /** Where a run of `length` words begins first, by its hash. */
  places: ReadonlyMap<number, number>
  words: ReadonlySet<number>
  /** Hashes of two words that follow each other. */
  pairs: ReadonlySet<number>
  /** Whether a word that begins like this may be one of the prompt. */
  mayBegin(word: string): boolean
}

/** @returns undefined for a prompt that is too short to be recognised. */
export function indexPrompt(prompt: string, length: number): PromptIndex | undefined {
  const { hashes, count, starts, ends, spoken } = readWords(prompt)
  if (spoken < leastWords) return undefined
  const run = Math.min(Math.round((length * count) / spoken), count)
  const places = new Map<number, number>()
  const rolled = createRollingHash(run)
  for (let index = 0; index < count; index++) {
    const hash = rolled(hashes[index]!, index >= run ? hashes[index - run]! : 0)
    if (index >= run - 1 && !places.has(hash)) places.set(hash, index - run + 1)
  }
  const pairs = new Set<number>()
  for (let index = 1; index < count; index++) pairs.add(pairOf(hashes[index - 1]!, hashes[index]!))
  let prefixes: Set<string> | undefined
  const readPrefixes = () => {
    const found = new Set<string>()
    for (const [index, start] of starts.entries()) {
      const word = withoutCase(prompt.slice(start, ends[index])).slice(0, prefixLength)
      for (let end = 1; end <= word.length; end++) found.add(word.slice(0, end))
    }
    return found
  }
  return {
    hashes,
    count,
    length: run,
    places,
    words: new Set(hashes),
    pairs,
    mayBegin(word) {
      const beginning = word.slice(0, prefixLength)
      if (!isAscii.test(beginning)) return true
      prefixes ??= readPrefixes()
      return prefixes.has(beginning.toLowerCase())
    },
  }
}

/** Lower case of other letters may depend on those beside them. */
const isAscii = /^[\0-\x7f]*$/

export function pairOf(first: number, second: number): number {
  return (Math.imul(first, 0x9e3779b1) + second) | 0
}

const base = 0x01000193

/** Takes the next word, and the one that leaves the run of `length` words. */
export function createRollingHash(length: number): (entering: number, leaving: number) => number {
  let leading = 1
  for (let index = 1; index < length; index++) leading = Math.imul(leading, base)
  let hash = 0
  return (entering, leaving) => {
    hash = (hash - Math.imul(leaving, leading)) | 0
    hash = (Math.imul(hash, base) + entering) | 0
    return hash
  }
}
