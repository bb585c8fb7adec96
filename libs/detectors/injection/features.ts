import { codesOf } from '../codes.ts'
import { conceptOf, stemLengths } from './concepts.ts'
import { hashCode, hashPair, hashStart } from './hash.ts'

/** Number of weights. */
export const tableSize = 0x70000

/*
 * The place of a hash in the table of weights: each family of features has a part for itself, whose size is a power of two;
 * concepts, pairs and triples of them share one. These are functions of constants because a look into a table costs more.
 */
const wordPlace = (hash: number) => hash >>> 16
const lettersPlace = (hash: number) => 0x10000 + (hash >>> 16)
const wordPairPlace = (hash: number) => 0x20000 + (hash >>> 15)
const stemPairPlace = (hash: number) => 0x40000 + (hash >>> 15)
const markPlace = (hash: number) => 0x60000 + (hash >>> 17)
const conceptPlace = (hash: number) => 0x68000 + (hash >>> 17)

/** Tell concepts, pairs and triples of them apart in the part that they share. */
const conceptKinds = { one: 5, pair: 6, triple: 7 } as const

/** Receives what is read, feature by feature. Places are indexes into the table of weights. */
export type FeatureSink = {
  /** A word begins. `isKnown`: its slot has held it since the reader gave it last. */
  word(slot: number, isKnown: boolean, start: number): void
  /** A feature of the word and those before it. */
  feature(place: number): void
  /** All features of the word were given. */
  wordEnd(): void
}

/**
 * Receives what is read, word by word. `isKnown`: the word's slot has held it since the reader gave it last. The features of
 * the word and those before it are the first `count` of the reader's.
 */
export type TakeWord = (
  slot: number,
  isKnown: boolean,
  start: number,
  end: number,
  beginsSentence: boolean,
  count: number,
) => void

/** Features by their places, which are indexes into the table of weights, and by what they are called (see `featureNames`). */
export type Features = { places: Int32Array; names: Int32Array }

/**
 * Below `mark`: concepts, pairs and triples of them by their numbers, in five bits each, the last in the lowest. From there on:
 * marks by their codes. The others go by their family.
 */
export const featureNames = { mark: 1 << 15, wordPair: (1 << 15) + 128, stemPair: (1 << 15) + 129 } as const

const stemLength = 5
/** A longer run of letters counts as several words. */
const maxWord = 32
/** Words between two concepts that still count as a pair. */
const conceptReach = 12
const conceptNear = 3
/** How many of the concepts before are looked at. They are kept in rings of a power of two. */
const remembered = 6
const ring = 8
/** Two pairs; a mark and capitals; a concept, and its pairs and triples with those before. */
const mostFeatures = 4 + 1 + remembered + 2

/** How many words a reader keeps. */
export const wordSlots = 4096

/** Words in lower case, by slot, with what depends on nothing else. A word stays until another needs its slot. */
export type WordTable = {
  hash: Int32Array
  length: Uint8Array
  stem: Int32Array
  concept: Uint8Array
  codes: Uint16Array
  /** The same two by two. What stands after a word of odd length is 0. */
  codePairs: Int32Array
}

export type FeatureReader = {
  read(text: string, sink: FeatureSink): void
  readWords(text: string, takeWord: TakeWord): void
  /**
   * Reads on in a text that comes in pieces. Unless it `ended`, a word or mark at the end that depends on what follows is left.
   * @returns how many characters were read; the next piece begins with the others.
   */
  readOn(text: string, ended: boolean, takeWord: TakeWord, place: ReadingPlace): number
  words: WordTable
  /** Those of the word that is being taken. */
  features: Features
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
    concepts: new Uint8Array(ring),
    positions: new Int32Array(ring).fill(-2 * conceptReach),
  }
}

/**
 * Walks through a text once. Words are runs of letters and digits in lower case, all digits alike; what is no word but a number,
 * a digest or a key counts as one, and several of these in a row as one. For each it gives the
 * pair with the word before, the pair of their stems, the mark right after it, and, where it belongs to a concept, the
 * concepts shortly before it. A reader keeps the words that it met last, and serves one at a time.
 */
export function createFeatureReader(): FeatureReader {
  const codes = new Uint16Array(wordSlots * maxWord)
  const words: WordTable = {
    hash: new Int32Array(wordSlots),
    length: new Uint8Array(wordSlots),
    stem: new Int32Array(wordSlots),
    concept: new Uint8Array(wordSlots),
    codes,
    codePairs: new Int32Array(codes.buffer),
  }
  const features = { places: new Int32Array(mostFeatures), names: new Int32Array(mostFeatures) }
  const whole = createReadingPlace()

  function readWords(text: string, takeWord: TakeWord): void {
    whole.hash = 0
    whole.stem = 0
    whole.position = 0
    whole.newest = 0
    whole.beginsSentence = true
    whole.wasMachine = false
    whole.positions.fill(-2 * conceptReach)
    readFeatures(text, true, takeWord, words, features, whole)
  }
  return {
    words,
    features,
    readWords,
    read: (text, sink) =>
      readWords(text, (slot, isKnown, start, _end, _beginsSentence, count) => {
        sink.word(slot, isKnown, start)
        for (let index = 0; index < count; index++) sink.feature(features.places[index]!)
        sink.wordEnd()
      }),
    readOn: (text, ended, takeWord, place) => readFeatures(text, ended, takeWord, words, features, place),
  }
}

function readFeatures(
  text: string,
  ended: boolean,
  takeWord: TakeWord,
  words: WordTable,
  features: Features,
  place: ReadingPlace,
): number {
  // Its 0 after the last unit is no letter and no mark.
  const codes = codesOf(text)
  const { length } = text
  const { places, names } = features
  let { hash: previousHash, stem: previousStem, beginsSentence, wasMachine } = place
  let index = 0
  while (index < length) {
    const start = index
    let character = characters[codes[index]!]!
    let code = character & lowerCase
    if (code === 0) {
      // What a mark means depends on the character after it.
      if (!ended && index + 1 === length) break
      if (character !== plainMark) {
        if (isSentenceEnd(character, codes[index + 1]!, index + 1 === length)) beginsSentence = true
        if (character === backslashMark && isEscaped(codes[index + 1]!)) index++
      }
      index++
      continue
    }
    const most = code >= firstIdeograph ? 1 : maxWord
    let hash = hashStart
    let letters = 0
    let tally = 0
    do {
      tally += character >>> tallyShift
      hash = hashCode(hash, code)
      current[letters++] = code
      character = characters[codes[++index]!]!
      code = character & lowerCase
    } while (code !== 0 && code < firstIdeograph && letters < most)
    // A word is over, and its mark known, when the next character is.
    if (index === length && !ended) {
      index = start
      break
    }

    const isMachine = isMachineWord(letters, tally & tallied)
    if (isMachine && wasMachine) continue
    wasMachine = isMachine
    if (isMachine) {
      hash = machineHash
      letters = 1
      tally = 0
      current[0] = digit
    }
    const slot = (hash ^ (hash >>> 15)) & (wordSlots - 1)
    current[letters] = 0
    const isKnown = words.hash[slot] === hash && isKept(words, slot, letters)
    if (!isKnown) keepWord(words, slot, hash, letters)
    const stem = words.stem[slot]!
    const concept = words.concept[slot]!

    places[0] = wordPairPlace(hashPair(previousHash, hash))
    names[0] = featureNames.wordPair
    places[1] = stemPairPlace(hashPair(previousStem, stem))
    names[1] = featureNames.stemPair
    let count = 2
    const mark = codes[index]!
    if (mark > 32 && mark < 128) {
      places[count] = markPlace(hashPair(stem, mark))
      names[count++] = featureNames.mark + mark
    }
    if (tally >= fourCapitals && tally >>> capitalsShift === letters) {
      places[count] = markPlace(hashPair(0, capitalsMark))
      names[count++] = featureNames.mark + capitalsMark
    }
    if (concept !== 0) count = readConcepts(concept, features, count, place)
    previousHash = hash
    previousStem = stem
    place.position++
    takeWord(slot, isKnown, start, index, beginsSentence, count)
    beginsSentence = false
  }
  place.hash = previousHash
  place.stem = previousStem
  place.beginsSentence = beginsSentence
  place.wasMachine = wasMachine
  return index
}

/** A concept, and its pairs and triples with those before it. @returns how many features there are then. */
function readConcepts(
  concept: number,
  { places, names }: Features,
  before: number,
  place: ReadingPlace,
): number {
  const { position, concepts, positions, newest } = place
  let count = before
  places[count] = conceptPlace(hashPair(concept, conceptKinds.one))
  names[count++] = concept << 10
  let last = 0
  for (let back = 0; back < remembered; back++) {
    const recent = (newest - back) & (ring - 1)
    const distance = position - positions[recent]!
    if (distance > conceptReach) break
    const other = concepts[recent]!
    const nearness = distance <= conceptNear ? 64 : 0
    places[count] = conceptPlace(hashPair(other * 128 + concept + nearness, conceptKinds.pair))
    names[count++] = (other << 10) | (concept << 5)
    if (back === 0) last = other
    else if (back < 3) {
      places[count] = conceptPlace(hashPair((other * 64 + last) * 64 + concept, conceptKinds.triple))
      names[count++] = (other << 10) | (last << 5) | concept
    }
  }
  place.newest = (newest + 1) & (ring - 1)
  concepts[place.newest] = concept
  positions[place.newest] = position
  return count
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

/** As many features has a word alone at most. */
export const mostWordFeatures = maxWord

/**
 * Places of the features of a word alone: itself, then its letters by threes and fours with its ends.
 * @returns how many there are.
 */
export function wordPlacesOf(words: WordTable, slot: number, places: Int32Array): number {
  const length = words.length[slot]!
  const from = slot * maxWord
  places[0] = wordPlace(hashPair(0, words.hash[slot]!))
  let count = 1
  let window = 32
  for (let index = 0; index < length; index++) {
    window = (window << 8) | (words.codes[from + index]! & 0xff)
    if (index >= 2) places[count++] = lettersPlace(Math.imul(window, 0x9e3779b1))
  }
  if (length >= 2) places[count++] = lettersPlace(Math.imul((window << 8) | 32, 0x9e3779b1))
  return count
}

const wordPlaces = new Int32Array(mostWordFeatures)

/** Gives the features of a word alone one by one. */
export function readWordFeatures(words: WordTable, slot: number, feature: (place: number) => void): void {
  const count = wordPlacesOf(words, slot, wordPlaces)
  for (let index = 0; index < count; index++) feature(wordPlaces[index]!)
}

/** The word that is being read, with a 0 after it; and the same two by two. */
const current = new Uint16Array(maxWord + 2)
const currentPairs = new Int32Array(current.buffer)

function isKept({ codePairs, length }: WordTable, slot: number, letters: number): boolean {
  if (length[slot] !== letters) return false
  const from = (slot * maxWord) >> 1
  const pairs = (letters + 1) >> 1
  for (let index = 0; index < pairs; index++)
    if (codePairs[from + index] !== currentPairs[index]) return false
  return true
}

function keepWord(words: WordTable, slot: number, hash: number, length: number): void {
  const from = (slot * maxWord) >> 1
  const pairs = (length + 1) >> 1
  for (let index = 0; index < pairs; index++) words.codePairs[from + index] = currentPairs[index]!
  let prefix = hashStart
  let stem = hash
  let concept = 0
  const last = Math.min(length, stemLengths.most)
  for (let letters = 1; letters <= last; letters++) {
    prefix = hashCode(prefix, current[letters - 1]!)
    if (letters === stemLength) stem = prefix
    if (concept === 0 && letters >= stemLengths.least) concept = conceptOf(prefix, true)
  }
  words.hash[slot] = hash
  words.length[slot] = length
  words.stem[slot] = stem
  words.concept[slot] = conceptOf(hash, false) || concept
}

/** Letters of the line ends and tabs that strings of code and JSON write with a backslash. */
function isEscaped(code: number): boolean {
  return code === 110 || code === 114 || code === 116
}

/** A line end, real or escaped, or a full stop and the like before white space, a quote or the end. */
function isSentenceEnd(mark: number, next: number, isLast: boolean): boolean {
  if (mark === endMark) return true
  if (mark === backslashMark) return next === 110
  return (
    isLast ||
    next <= 32 ||
    next >= firstIdeograph ||
    next === 34 ||
    next === 39 ||
    next === 41 ||
    next === 60 ||
    next === backslash
  )
}

const backslash = 92
const firstIdeograph = 0x2e80
const danda = 0x964
const arabicFullStop = 0x6d4
const arabicQuestion = 0x61f

/**
 * What a character is. Of a letter or digit, in the lower half, its lower case; above that one for a digit and, further up,
 * one for a capital, so that those of a word add up. Of what is neither, the lower half is 0, and the upper says what its mark is.
 */
const characters = new Int32Array(1 << 16)
const lowerCase = 0xffff
const tallyShift = 16
/** As many digits, and as many capitals, as a word may have. */
const tallied = 63
const capitalsShift = 6
const fourCapitals = 4 << capitalsShift
const plainMark = 0
/** Ends a sentence wherever it stands. */
const endMark = 1 << tallyShift
/** Ends a sentence where what follows says so. */
const stopMark = 2 << tallyShift
const backslashMark = 3 << tallyShift
for (let code = 0; code < characters.length; code++) characters[code] = characterOf(code)

function characterOf(code: number): number {
  const lower = lowerCaseOf(code)
  if (lower === 0) return markOf(code)
  if (lower === digit) return lower | (1 << tallyShift)
  return lower === code ? lower : lower | (1 << (tallyShift + capitalsShift))
}

function markOf(code: number): number {
  if (code === backslash) return backslashMark
  if (code === 46 || code === 33 || code === 63) return stopMark
  return [10, 0x3002, 0xff01, 0xff1f, danda, arabicFullStop, arabicQuestion].includes(code)
    ? endMark
    : plainMark
}

/** Lower case for the alphabets in use; 0 for what is no letter or digit; all digits alike. */
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
