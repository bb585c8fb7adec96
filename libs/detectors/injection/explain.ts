import { concepts } from './concepts.ts'
import { capitalsMark, createFeatureReader, families, readWordFeatures } from './features.ts'
import type { InjectionModel } from './model-file.ts'
import { divisorOf } from './scorer.ts'

const most = 6
const reader = createFeatureReader()

/** Places of what is named: concepts, pairs and triples of them by their numbers, in five bits each; then the others. */
const marks = 1 << 15
const wordsOf = marks + 128
const otherWords = wordsOf + 32
const letters = otherWords + 1
const wordPairs = otherWords + 2
const stemPairs = otherWords + 3
/** All zero between texts. */
const sums = new Float64Array(otherWords + 4)

/**
 * What weighed most in a text, heaviest first. Names are those of concepts and marks, or of whole families of features:
 * words of the text itself are not among them.
 */
export function explainScore(text: string, model: InjectionModel): { name: string; weight: number }[] {
  const { weights } = model
  const touched: number[] = []
  let words = 0
  let concept = 0
  const add = (place: number, weight: number) => {
    if (weight === 0) return
    if (sums[place] === 0) touched.push(place)
    sums[place]! += weight
  }
  const addWordFeature = (place: number, family: number) =>
    add(concept !== 0 ? wordsOf + concept : family === families.word ? otherWords : letters, weights[place]!)
  reader.read(text, {
    word(slot) {
      words++
      concept = reader.words.concept[slot]!
      readWordFeatures(reader.words, slot, addWordFeature)
    },
    feature: (place, family, first, second, third) =>
      add(placeOfName(family, first, second, third), weights[place]!),
    wordEnd() {},
  })
  const scale = model.weightScale / divisorOf(words, model)
  const named: { place: number; weight: number }[] = []
  for (const place of touched) {
    named.push({ place, weight: Number((sums[place]! * scale).toFixed(3)) })
    sums[place] = 0
  }
  return named
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, most)
    .map(({ place, weight }) => ({ name: nameOf(place), weight }))
}

function placeOfName(family: number, first: number, second: number, third: number): number {
  switch (family) {
    case families.concept:
    case families.conceptPair:
    case families.conceptTriple:
      return (first << 10) | (second << 5) | third
    case families.mark:
      return marks + first
    case families.wordPair:
      return wordPairs
    default:
      return stemPairs
  }
}

function nameOf(place: number): string {
  if (place >= otherWords)
    return ['other words', 'letters', 'pairs of words', 'pairs of stems'][place - otherWords]!
  if (place >= wordsOf) return `words of ${concepts[place - wordsOf - 1]}`
  if (place >= marks)
    return place - marks === capitalsMark ? 'capitals' : `word before ${String.fromCharCode(place - marks)}`
  return [place >> 10, (place >> 5) & 31, place & 31]
    .filter((concept) => concept !== 0)
    .map((concept) => concepts[concept - 1])
    .join(' → ')
}
