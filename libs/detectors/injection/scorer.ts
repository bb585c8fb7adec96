import { createFeatureReader, type FeatureSink, families, readWordFeatures, wordSlots } from './features.ts'
import type { InjectionModel } from './model-file.ts'
import { createPhraseFinder } from './phrases.ts'

/** Offsets are those of the text. */
export type ScoredText = {
  /** Of the window that scores highest. */
  score: number
  start: number
  end: number
  /** Phrases of attacks, by the name of their rule. */
  phrases: { name: string; start: number; end: number }[]
}

/** Scores texts by a model. It keeps sums by word between texts, and serves one text at a time. */
export function createScorer(model: InjectionModel): (text: string) => ScoredText {
  const { weights, weightScale, bias, windows } = model
  const mostWords = Math.max(...windows.map((window) => window.words))
  const divisors = Float64Array.from({ length: mostWords + 1 }, (_, words) => divisorOf(words, model))
  const reader = createFeatureReader()
  const finder = createPhraseFinder()
  const sumBySlot = new Int32Array(wordSlots)
  let sums = new Float64Array(4096)
  let starts = new Int32Array(4096)
  let ends = new Int32Array(4096)
  let words = 0
  let sum = 0
  let wordSum = 0

  const addWordFeature = (place: number) => {
    wordSum += weights[place]!
  }
  const sink: FeatureSink = {
    word(slot, isKnown, start, beginsSentence) {
      if (beginsSentence) finder.beginSentence()
      if (!isKnown) {
        wordSum = 0
        readWordFeatures(reader.words, slot, addWordFeature)
        sumBySlot[slot] = wordSum
      }
      sum += sumBySlot[slot]!
      if (words + 1 >= sums.length) {
        sums = grown(sums, new Float64Array(2 * sums.length))
        starts = grown(starts, new Int32Array(2 * starts.length))
        ends = grown(ends, new Int32Array(2 * ends.length))
      }
      starts[words] = start
    },
    feature(place, family, first) {
      sum += weights[place]!
      if (family === families.concept) finder.concept(first, words)
    },
    wordEnd(end) {
      ends[words++] = end
      sums[words] = sum
    },
  }

  return (text) => {
    words = 0
    sum = 0
    finder.beginText()
    reader.read(text, sink)
    let score = bias
    let firstWord = 0
    let lastWord = words > mostWords ? mostWords : words
    for (const window of windows)
      for (let first = 0; first < words; first += window.stride) {
        const last = Math.min(words, first + window.words)
        const windowScore = bias + (weightScale * (sums[last]! - sums[first]!)) / divisors[last - first]!
        if (windowScore > score || (first === 0 && window === windows[0])) {
          score = windowScore
          firstWord = first
          lastWord = last
        }
        if (last === words) break
      }
    return {
      score,
      start: words > 0 ? starts[firstWord]! : 0,
      end: words > 0 ? ends[lastWord - 1]! : 0,
      phrases: finder.matches.map((match) => ({
        name: match.phrase.name,
        start: starts[match.firstWord]!,
        end: ends[match.lastWord]!,
      })),
    }
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
