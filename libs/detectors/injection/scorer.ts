import { createFeatureReader, type FeatureSink, readWordFeatures, type Word, wordSlots } from './features.ts'
import type { InjectionModel } from './model-file.ts'

/** The window of a text that scores highest. Offsets are those of the text. */
export type ScoredWindow = { score: number; start: number; end: number }

/** Scores texts by a model. It keeps sums by word between texts, and serves one text at a time. */
export function createScorer(model: InjectionModel): (text: string) => ScoredWindow {
  const { weights, weightScale, bias, windowWords, windowStride, lengthPower, leastWords } = model
  const read = createFeatureReader()
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
    word(word: Word, isKnown: boolean, start: number) {
      if (!isKnown) {
        wordSum = 0
        readWordFeatures(word, addWordFeature)
        sumBySlot[word.slot] = wordSum
      }
      sum += sumBySlot[word.slot]!
      if (words + 1 >= sums.length) {
        sums = grown(sums, new Float64Array(2 * sums.length))
        starts = grown(starts, new Int32Array(2 * starts.length))
        ends = grown(ends, new Int32Array(2 * ends.length))
      }
      starts[words] = start
    },
    feature(place: number) {
      sum += weights[place]!
    },
    wordEnd(end: number) {
      ends[words++] = end
      sums[words] = sum
    },
  }

  return (text) => {
    words = 0
    sum = 0
    sums[0] = 0
    read(text, sink)
    let best: ScoredWindow = { score: bias, start: 0, end: 0 }
    for (let first = 0; first < words; first += windowStride) {
      const last = Math.min(words, first + windowWords)
      const length = Math.max(leastWords, last - first)
      const score = bias + (weightScale * (sums[last]! - sums[first]!)) / length ** lengthPower
      if (first === 0 || score > best.score) best = { score, start: starts[first]!, end: ends[last - 1]! }
      if (last === words) break
    }
    return best
  }
}

function grown<Numbers extends Float64Array | Int32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from)
  return to
}
