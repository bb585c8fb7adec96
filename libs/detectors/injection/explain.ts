import { concepts } from './concepts.ts'
import {
  capitalsMark,
  createFeatureReader,
  featureNames,
  mostWordFeatures,
  wordPlacesOf,
} from './features.ts'
import type { InjectionModel } from './model-file.ts'
import { divisorOf } from './scorer.ts'

const most = 6
const reader = createFeatureReader()

/** In sums, after the names of features: words by their concept, then words and letters of no concept. */
const wordsOf = featureNames.stemPair + 1
const otherWords = wordsOf + 32
const letters = otherWords + 1
/** All zero between texts. */
const sums = new Float64Array(letters + 1)
const wordPlaces = new Int32Array(mostWordFeatures)

/**
 * What weighed most in a text, heaviest first. Names are those of concepts and marks, or of whole families of features:
 * words of the text itself are not among them.
 */
export function explainScore(text: string, model: InjectionModel): { name: string; weight: number }[] {
  const { weights } = model
  const touched: number[] = []
  let words = 0
  const add = (name: number, weight: number) => {
    if (weight === 0) return
    if (sums[name] === 0) touched.push(name)
    sums[name]! += weight
  }
  const { places, names } = reader.features
  reader.readWords(text, (slot, _isKnown, _start, _end, _beginsSentence, count) => {
    words++
    const concept = reader.words.concept[slot]!
    const wordCount = wordPlacesOf(reader.words, slot, wordPlaces)
    for (let index = 0; index < wordCount; index++)
      add(
        concept !== 0 ? wordsOf + concept : index === 0 ? otherWords : letters,
        weights[wordPlaces[index]!]!,
      )
    for (let index = 0; index < count; index++) add(names[index]!, weights[places[index]!]!)
  })
  const scale = model.weightScale / divisorOf(words, model)
  const named: { name: number; weight: number }[] = []
  for (const name of touched) {
    named.push({ name, weight: Number((sums[name]! * scale).toFixed(3)) })
    sums[name] = 0
  }
  return named
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, most)
    .map(({ name, weight }) => ({ name: nameOf(name), weight }))
}

function nameOf(name: number): string {
  if (name === otherWords) return 'other words'
  if (name === letters) return 'letters'
  if (name >= wordsOf) return `words of ${concepts[name - wordsOf - 1]}`
  if (name === featureNames.wordPair) return 'pairs of words'
  if (name === featureNames.stemPair) return 'pairs of stems'
  const mark = name - featureNames.mark
  if (mark >= 0) return mark === capitalsMark ? 'capitals' : `word before ${String.fromCharCode(mark)}`
  return [name >> 10, (name >> 5) & 31, name & 31]
    .filter((concept) => concept !== 0)
    .map((concept) => concepts[concept - 1])
    .join(' → ')
}
