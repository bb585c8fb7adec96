import { concepts } from './concepts.ts'
import { capitalsMark, createFeatureReader, families, readWordFeatures } from './features.ts'
import type { InjectionModel } from './model-file.ts'
import { divisorOf } from './scorer.ts'

const most = 6
const reader = createFeatureReader()

/**
 * What weighed most in a text, heaviest first. Names are those of concepts and marks, or of whole families of features:
 * words of the text itself are not among them.
 */
export function explainScore(text: string, model: InjectionModel): { name: string; weight: number }[] {
  const byName = new Map<string, number>()
  let words = 0
  const add = (name: string, place: number) => {
    const weight = model.weights[place]!
    if (weight !== 0) byName.set(name, (byName.get(name) ?? 0) + weight)
  }
  reader.read(text, {
    word(slot) {
      words++
      const concept = concepts[reader.words.concept[slot]! - 1]
      readWordFeatures(reader.words, slot, (place, family) =>
        add(concept ? `words of ${concept}` : family === families.word ? 'other words' : 'letters', place),
      )
    },
    feature: (place, family, first, second, third) => add(nameOf(family, first, second, third), place),
    wordEnd() {},
  })
  const scale = model.weightScale / divisorOf(words, model)
  return [...byName]
    .map(([name, weight]) => ({ name, weight: Number((weight * scale).toFixed(3)) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, most)
}

function nameOf(family: number, first: number, second: number, third: number): string {
  const name = (concept: number) => concepts[concept - 1] ?? 'none'
  switch (family) {
    case families.concept:
      return name(first)
    case families.conceptPair:
      return `${name(first)} → ${name(second)}`
    case families.conceptTriple:
      return `${name(first)} → ${name(second)} → ${name(third)}`
    case families.mark:
      return first === capitalsMark ? 'capitals' : `word before ${String.fromCharCode(first)}`
    case families.wordPair:
      return 'pairs of words'
    default:
      return 'pairs of stems'
  }
}
