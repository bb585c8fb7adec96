import type { Cluster } from '../text/clusters.ts'
import { type Tone, toneOfAction } from '../ui/tone.ts'
import type { Row } from './rows.ts'

const strength: Tone[] = ['neutral', 'observe', 'throttle', 'redact', 'quarantine', 'block']

/** The colour of the strongest action that rests on a finding. */
export function toneOf({ marks }: Cluster, actions: ReadonlyMap<string, string>): Tone {
  const tones = marks.flatMap(({ policies }) =>
    policies.map((policy) => toneOfAction(actions.get(policy) ?? 'observe')),
  )
  return tones.reduce<Tone>(
    (worst, tone) => (strength.indexOf(tone) > strength.indexOf(worst) ? tone : worst),
    'neutral',
  )
}

/** The number of the first finding of those that the strongest action rests on. */
export function strongestFinding(
  rows: readonly Row[],
  actions: ReadonlyMap<string, string>,
): number | undefined {
  let strongest: { number: number; rank: number } | undefined
  for (const row of rows)
    for (const { cluster, number } of row.kind === 'block' ? row.clusters : []) {
      const rank = strength.indexOf(toneOf(cluster, actions))
      if (!strongest || rank > strongest.rank) strongest = { number, rank }
    }
  return strongest?.number
}
