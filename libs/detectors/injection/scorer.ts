import {
  createFeatureReader,
  createReadingPlace,
  mostWordFeatures,
  type TakeWord,
  wordPlacesOf,
  wordSlots,
} from './features.ts'
import type { InjectionModel, ModelWindow } from './model-file.ts'
import { createPhraseFinder, type PhraseFinder, type PhraseMatch } from './phrases.ts'

/** Offsets are those of the text. */
export type ScoredText = {
  /** Of the window that scores highest. */
  score: number
  start: number
  end: number
  /** Phrases of attacks, by the name of their rule. */
  phrases: { name: string; start: number; end: number }[]
}

/** A text that arrives in pieces. Words are counted from its beginning, offsets too. */
export type ScoredStream = {
  /** @returns how many characters were read; the next piece begins with the others. */
  read(text: string, ended: boolean): number
  words(): number
  /** Of the words from `first` up to and without `last`, in a window of this kind. */
  score(first: number, last: number, window: ModelWindow): number
  startOf(word: number): number
  endOf(word: number): number
  /** Phrases that were found since the last call. */
  takePhrases(): PhraseMatch[]
  /** Words before this one will not be asked for again. */
  forget(word: number): void
}

type PlacedWindow = { score: number; start: number; end: number }

/** Follows a stream, and keeps the window that `score` would choose. */
export type BestWindow = {
  /** Judges the windows that are full; the stream forgets the words that are in no other. */
  follow(): void
  /** The text is complete: judges what is left. */
  end(): PlacedWindow
}

export type Scorer = {
  score(text: string): ScoredText
  open(): ScoredStream
  bestOf(stream: ScoredStream): BestWindow
}

/** Scores texts by a model. It keeps sums by word between texts. */
export function createScorer(model: InjectionModel): Scorer {
  const { weights, weightScale, bias, windows } = model
  const mostWords = Math.max(...windows.map((window) => window.words))
  const divisors = Float64Array.from({ length: mostWords + 1 }, (_, words) => divisorOf(words, model))
  const reader = createFeatureReader()
  const sumBySlot = new Int32Array(wordSlots)
  const { words: table } = reader
  const { places } = reader.features
  const wordPlaces = new Int32Array(mostWordFeatures)

  function sumOfWord(slot: number): number {
    const count = wordPlacesOf(table, slot, wordPlaces)
    let sum = 0
    for (let index = 0; index < count; index++) sum += weights[wordPlaces[index]!]!
    return sum
  }

  /** Sums up what a reader gives, and keeps where its words stand. */
  function createSums(finder: PhraseFinder) {
    let sums = new Float64Array(4096)
    let starts = new Int32Array(4096)
    let ends = new Int32Array(4096)
    /** The word that stands first in the arrays, and what is added to the offsets that come. */
    let base = 0
    let offset = 0
    let words = 0
    const takeWord: TakeWord = (slot, isKnown, start, end, beginsSentence, count) => {
      if (beginsSentence) finder.beginSentence()
      if (!isKnown) sumBySlot[slot] = sumOfWord(slot)
      let sum = sumBySlot[slot]!
      for (let index = 0; index < count; index++) sum += weights[places[index]!]!
      const concept = table.concept[slot]!
      if (concept !== 0) finder.concept(concept, words + base)
      if (words + 1 >= sums.length) {
        sums = grown(sums, new Float64Array(2 * sums.length))
        starts = grown(starts, new Int32Array(2 * starts.length))
        ends = grown(ends, new Int32Array(2 * ends.length))
      }
      starts[words] = start + offset
      ends[words] = end + offset
      sums[words + 1] = sums[words]! + sum
      words++
    }
    return {
      takeWord,
      begin() {
        words = 0
        finder.beginText()
      },
      moveTo(at: number) {
        offset = at
      },
      words: () => words + base,
      score: (first: number, last: number, { handicap }: ModelWindow) =>
        bias +
        (weightScale * (sums[last - base]! - sums[first - base]!)) / divisors[last - first]! -
        handicap,
      startOf: (word: number) => starts[word - base]!,
      endOf: (word: number) => ends[word - base]!,
      forget(word: number) {
        if (word - base < 1_024) return
        sums.copyWithin(0, word - base, words + 1)
        starts.copyWithin(0, word - base, words)
        ends.copyWithin(0, word - base, words)
        words -= word - base
        base = word
      },
    }
  }

  const wholeFinder = createPhraseFinder()
  const whole = createSums(wholeFinder)

  return {
    bestOf: (stream) => createBestWindow(stream, model),
    score(text) {
      whole.begin()
      reader.readWords(text, whole.takeWord)
      const words = whole.words()
      let score = bias
      let firstWord = 0
      let lastWord = words > mostWords ? mostWords : words
      for (const window of windows)
        for (let first = 0; first < words; first += window.stride) {
          const last = Math.min(words, first + window.words)
          const windowScore = whole.score(first, last, window)
          if (windowScore > score || (first === 0 && window === windows[0])) {
            score = windowScore
            firstWord = first
            lastWord = last
          }
          if (last === words) break
        }
      return {
        score,
        start: words > 0 ? whole.startOf(firstWord) : 0,
        end: words > 0 ? whole.endOf(lastWord - 1) : 0,
        phrases: wholeFinder.matches.map((match) => ({
          name: match.phrase.name,
          start: whole.startOf(match.firstWord),
          end: whole.endOf(match.lastWord),
        })),
      }
    },
    open() {
      const finder = createPhraseFinder()
      const { takeWord, begin, moveTo, ...sums } = createSums(finder)
      const place = createReadingPlace()
      let readTo = 0
      begin()
      return {
        ...sums,
        read(text, ended) {
          moveTo(readTo)
          const read = reader.readOn(text, ended, takeWord, place)
          readTo += read
          return read
        },
        takePhrases: () => finder.matches.splice(0),
      }
    },
  }
}

function createBestWindow(stream: ScoredStream, { windows, bias }: InjectionModel): BestWindow {
  const next = windows.map(() => 0)
  const best: PlacedWindow[] = windows.map(() => ({ score: Number.NEGATIVE_INFINITY, start: 0, end: 0 }))
  const judge = (index: number, first: number, last: number) => {
    const score = stream.score(first, last, windows[index]!)
    if (score <= best[index]!.score) return
    best[index] = { score, start: stream.startOf(first), end: stream.endOf(last - 1) }
  }
  return {
    follow() {
      const words = stream.words()
      for (const [index, window] of windows.entries())
        for (; next[index]! + window.words <= words; next[index]! += window.stride)
          judge(index, next[index]!, next[index]! + window.words)
      stream.forget(Math.min(...next))
    },
    end() {
      const words = stream.words()
      if (words === 0) return { score: bias, start: 0, end: 0 }
      for (const [index, window] of windows.entries())
        if (next[index] === 0 || next[index]! - window.stride + window.words < words)
          judge(index, next[index]!, words)
      return best.reduce((most, window) => (window.score > most.score ? window : most))
    },
  }
}

/** What the sum of a window's weights is divided by. */
export function divisorOf(
  words: number,
  { leastWords, lengthPower }: Pick<InjectionModel, 'leastWords' | 'lengthPower'>,
): number {
  return Math.max(leastWords, words) ** lengthPower
}

function grown<Numbers extends Float64Array | Int32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from)
  return to
}
