import { codesOf } from '../codes.ts'
import { conceptOf, stemLengths } from './concepts.ts'
import { hashCode, hashPair, hashStart } from './hash.ts'

/** Families of features. Each has a part of the table of weights for itself; concepts share one. */
export const families = {
  word: 0,
  letters: 1,
  wordPair: 2,
  stemPair: 3,
  mark: 4,
  concept: 5,
  conceptPair: 6,
  conceptTriple: 7,
} as const

/** By family: where its part of the table begins, and that part's size as a power of two. */
const regions = [
  { start: 0, bits: 16 },
  { start: 0x10000, bits: 16 },
  { start: 0x20000, bits: 17 },
  { start: 0x40000, bits: 17 },
  { start: 0x60000, bits: 15 },
  { start: 0x68000, bits: 15 },
  { start: 0x68000, bits: 15 },
  { start: 0x68000, bits: 15 },
] as const

/** Number of weights. */
export const tableSize = 0x70000

const regionStarts = Int32Array.from(regions, ({ start }) => start)
const regionShifts = Int32Array.from(regions, ({ bits }) => 32 - bits)

/** The place of a hash in its family's part of the table. */
function placeOf(family: number, hash: number): number {
  return regionStarts[family]! + (hash >>> regionShifts[family]!)
}

/** Receives what is read. Places are indexes into the table of weights. */
export type FeatureSink = {
  /** A word begins. `isKnown`: its slot has held it since the reader gave it last. */
  word(slot: number, isKnown: boolean, start: number, beginsSentence: boolean): void
  /** A feature of the word and those before it. */
  feature(place: number, family: number, first: number, second: number, third: number): void
  /** All features of the word were given. */
  wordEnd(end: number): void
}

const stemLength = 5
/** A longer run of letters counts as several words. */
const maxWord = 32
/** Words between two concepts that still count as a pair. */
const conceptReach = 12
const conceptNear = 3
const remembered = 6

/** How many words a reader keeps. */
export const wordSlots = 4096

/** Words in lower case, by slot, with what depends on nothing else. A word stays until another needs its slot. */
export type WordTable = {
  hash: Int32Array
  length: Uint8Array
  stem: Int32Array
  concept: Uint8Array
  codes: Uint16Array
}

export type FeatureReader = {
  read(text: string, sink: FeatureSink): void
  /**
   * Reads on in a text that comes in pieces. Unless it `ended`, a word or mark at the end that depends on what follows is left.
   * @returns how many characters were read; the next piece begins with the others.
   */
  readOn(text: string, ended: boolean, sink: FeatureSink, place: ReadingPlace): number
  words: WordTable
}

/** Where a reader stands in a text: what the features of the next word depend on. */
export type ReadingPlace = {
  hash: number
  stem: number
  position: number
  newest: number
  beginsSentence: boolean
  wasMachine: boolean
  concepts: Uint8Array
  positions: Int32Array
}

export function createReadingPlace(): ReadingPlace {
  return {
    hash: 0,
    stem: 0,
    position: 0,
    newest: 0,
    beginsSentence: true,
    wasMachine: false,
    concepts: new Uint8Array(remembered),
    positions: new Int32Array(remembered).fill(-2 * conceptReach),
  }
}

/**
 * Walks through a text once. Words are runs of letters and digits in lower case, all digits alike; what is no word but a number,
 * a digest or a key counts as one, and several of these in a row as one. For each it gives the
 * pair with the word before, the pair of their stems, the mark right after it, and, where it belongs to a concept, the
 * concepts shortly before it. A reader keeps the words that it met last, and serves one sink at a time.
 */
export function createFeatureReader(): FeatureReader {
  const words: WordTable = {
    hash: new Int32Array(wordSlots),
    length: new Uint8Array(wordSlots),
    stem: new Int32Array(wordSlots),
    concept: new Uint8Array(wordSlots),
    codes: new Uint16Array(wordSlots * maxWord),
  }
  const whole = createReadingPlace()
  return {
    words,
    read(text, sink) {
      whole.hash = 0
      whole.stem = 0
      whole.position = 0
      whole.newest = 0
      whole.beginsSentence = true
      whole.wasMachine = false
      whole.positions.fill(-2 * conceptReach)
      readFeatures(text, true, sink, words, whole)
    },
    readOn: (text, ended, sink, place) => readFeatures(text, ended, sink, words, place),
  }
}

function readFeatures(
  text: string,
  ended: boolean,
  sink: FeatureSink,
  words: WordTable,
  place: ReadingPlace,
): number {
  const codes = codesOf(text)
  const { length } = text
  const { concepts: recentConcepts, positions: recentPositions } = place
  let { hash: previousHash, stem: previousStem, position, newest, beginsSentence, wasMachine } = place
  let index = 0
  let begun = 0
  while (index < length) {
    let code = lowerCase[codes[index]!]!
    begun = index
    // What a mark means depends on the character after it.
    if (!ended && code === 0 && index + 1 === length) break
    if (code === 0) {
      if (isSentenceEnd(codes, index, length)) beginsSentence = true
      index += codes[index] === backslash && isEscaped(codes[index + 1]!) ? 2 : 1
      continue
    }
    const start = index
    const isIdeograph = code >= firstIdeograph
    let hash = hashStart
    let capitals = 0
    let letters = 0
    let digits = 0
    do {
      if (code === digit) digits++
      else if (codes[index] !== code) capitals++
      hash = hashCode(hash, code)
      current[letters++] = code
      index++
      code = index < length ? lowerCase[codes[index]!]! : 0
    } while (code !== 0 && !isIdeograph && letters < maxWord && code < firstIdeograph)
    // A word is over, and its mark known, when the next character is.
    if (index === length && !ended) {
      index = begun
      break
    }

    const isMachine = isMachineWord(letters, digits)
    if (isMachine && wasMachine) continue
    wasMachine = isMachine
    if (isMachine) {
      hash = machineHash
      letters = 1
      capitals = 0
      current[0] = digit
    }
    const slot = (hash ^ (hash >>> 15)) & (wordSlots - 1)
    const isKnown = words.hash[slot] === hash && isKept(words, slot, letters)
    if (!isKnown) keepWord(words, slot, hash, letters)
    sink.word(slot, isKnown, start, beginsSentence)
    beginsSentence = false
    const stem = words.stem[slot]!
    const concept = words.concept[slot]!

    sink.feature(placeOf(families.wordPair, hashPair(previousHash, hash)), families.wordPair, 0, 0, 0)
    sink.feature(placeOf(families.stemPair, hashPair(previousStem, stem)), families.stemPair, 0, 0, 0)
    const mark = index < length ? codes[index]! : 0
    if (mark > 32 && mark < 128)
      sink.feature(placeOf(families.mark, hashPair(stem, mark)), families.mark, mark, 0, 0)
    if (capitals >= 4 && capitals === letters)
      sink.feature(placeOf(families.mark, hashPair(0, capitalsMark)), families.mark, capitalsMark, 0, 0)

    if (concept !== 0) {
      sink.feature(
        placeOf(families.concept, hashPair(concept, families.concept)),
        families.concept,
        concept,
        0,
        0,
      )
      let last = 0
      for (let back = 0; back < remembered; back++) {
        const recent = (newest - back + remembered) % remembered
        const distance = position - recentPositions[recent]!
        if (distance > conceptReach) break
        const other = recentConcepts[recent]!
        const nearness = distance <= conceptNear ? 64 : 0
        sink.feature(
          placeOf(families.conceptPair, hashPair(other * 128 + concept + nearness, families.conceptPair)),
          families.conceptPair,
          other,
          concept,
          0,
        )
        if (back === 0) last = other
        else if (back < 3)
          sink.feature(
            placeOf(
              families.conceptTriple,
              hashPair((other * 64 + last) * 64 + concept, families.conceptTriple),
            ),
            families.conceptTriple,
            other,
            last,
            concept,
          )
      }
      newest = (newest + 1) % remembered
      recentConcepts[newest] = concept
      recentPositions[newest] = position
    }
    previousHash = hash
    previousStem = stem
    position++
    sink.wordEnd(index)
  }
  place.hash = previousHash
  place.stem = previousStem
  place.position = position
  place.newest = newest
  place.beginsSentence = beginsSentence
  place.wasMachine = wasMachine
  return Math.min(index, length)
}

/** What all digits are read as. */
const digit = 48
/** Stands for a word that is no word. */
const machineHash = hashCode(hashStart, digit)
const longestWord = 24

/** Numbers, digests, keys and identifiers: not written by people, and all read as one word. */
function isMachineWord(letters: number, digits: number): boolean {
  if (letters >= longestWord) return true
  return digits > 0 && (digits === letters || letters >= 12 || (letters >= 6 && 3 * digits >= letters))
}

/** Stands for a word in capitals where a mark would. */
export const capitalsMark = 1

/** Features of a word alone: itself, and its letters by threes and fours with its ends. */
export function readWordFeatures(
  words: WordTable,
  slot: number,
  feature: (place: number, family: number) => void,
): void {
  const length = words.length[slot]!
  feature(placeOf(families.word, hashPair(0, words.hash[slot]!)), families.word)
  let window = 32
  for (let index = 0; index < length; index++) {
    window = (window << 8) | (words.codes[slot * maxWord + index]! & 0xff)
    if (index >= 2) feature(placeOf(families.letters, Math.imul(window, 0x9e3779b1)), families.letters)
  }
  if (length >= 2)
    feature(placeOf(families.letters, Math.imul((window << 8) | 32, 0x9e3779b1)), families.letters)
}

/** The word that is being read. */
const current = new Uint16Array(maxWord)

function isKept({ codes, length }: WordTable, slot: number, letters: number): boolean {
  if (length[slot] !== letters) return false
  const from = slot * maxWord
  for (let index = 0; index < letters; index++) if (codes[from + index] !== current[index]) return false
  return true
}

function keepWord(words: WordTable, slot: number, hash: number, length: number): void {
  let prefix = hashStart
  let stem = hash
  let concept = 0
  for (let index = 0; index < length; index++) {
    const code = current[index]!
    words.codes[slot * maxWord + index] = code
    prefix = hashCode(prefix, code)
    const letters = index + 1
    if (letters === stemLength) stem = prefix
    if (concept === 0 && letters >= stemLengths.least && letters <= stemLengths.most)
      concept = conceptOf(prefix, true)
  }
  words.hash[slot] = hash
  words.length[slot] = length
  words.stem[slot] = stem
  words.concept[slot] = conceptOf(hash, false) || concept
}

const backslash = 92

/** Letters of the line ends and tabs that strings of code and JSON write with a backslash. */
function isEscaped(code: number): boolean {
  return code === 110 || code === 114 || code === 116
}

/** A line end, real or escaped, or a full stop and the like before white space, a quote or the end. */
function isSentenceEnd(codes: Uint16Array, index: number, length: number): boolean {
  const code = codes[index]!
  if (code === 10 || code === 0x3002 || code === 0xff01 || code === 0xff1f) return true
  if (code === danda || code === arabicFullStop || code === arabicQuestion) return true
  if (code === backslash) return codes[index + 1] === 110
  if (code !== 46 && code !== 33 && code !== 63) return false
  const next = index + 1 < length ? codes[index + 1]! : 32
  return (
    next <= 32 ||
    next >= firstIdeograph ||
    next === 34 ||
    next === 39 ||
    next === 41 ||
    next === 60 ||
    next === backslash
  )
}

const firstIdeograph = 0x2e80
const danda = 0x964
const arabicFullStop = 0x6d4
const arabicQuestion = 0x61f

/** Lower case for the alphabets in use; 0 for what is no letter or digit; all digits alike. */
const lowerCase = new Uint16Array(1 << 16)
for (let code = 0; code < lowerCase.length; code++) lowerCase[code] = lowerCaseOf(code)

function lowerCaseOf(code: number): number {
  if (code >= 48 && code <= 57) return 48
  if (code < 128) return code >= 65 && code <= 90 ? code + 32 : code >= 97 && code <= 122 ? code : 0
  if (code < 0xc0 || code === 0xd7 || code === 0xf7) return 0
  if (code <= 0xde || (code >= 0x391 && code <= 0x3a9) || (code >= 0x410 && code <= 0x42f)) return code + 32
  if (code >= 0x400 && code <= 0x40f) return code + 80
  if (code >= 0x100 && code <= 0x24f) return String.fromCharCode(code).toLowerCase().charCodeAt(0)
  if (isPunctuation(code)) return 0
  return code
}

/** General, Arabic, Indian and CJK punctuation, private use, variation selectors, and the marks that are invisible. */
function isPunctuation(code: number): boolean {
  return (
    (code >= 0x2000 && code <= 0x2bff) ||
    (code >= 0x600 && code <= 0x61f) ||
    code === arabicFullStop ||
    code === danda ||
    code === danda + 1 ||
    (code >= 0x3000 && code <= 0x303f) ||
    (code >= 0xd800 && code <= 0xf8ff) ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    (code >= 0xff00 && code <= 0xff0f) ||
    code === 0xfeff
  )
}
