import { table as formatTable } from '../support/table.ts'
import { mebibytes, type Result } from './run-attack.ts'

/** One line for each attack: what it cost the process that it cost most. */
export function table(results: readonly Result[]): string {
  const rows = results.map(({ attack, costs, recoveryS }) => {
    const [largest] = Object.entries(costs).toSorted(([, a], [, b]) => b.peakBytes - a.peakBytes)
    const [longest] = Object.entries(costs).toSorted(([, a], [, b]) => b.longestBlockMs - a.longestBlockMs)
    return [
      attack.name,
      attack.attacker,
      `${largest![0]} ${mebibytes(largest![1].peakBytes)}`,
      `${longest![0]} ${longest![1].longestBlockMs.toFixed(0)}`,
      recoveryS?.toFixed(2),
    ]
  })
  return formatTable(['attack', 'by', 'largest memory, MiB', 'longest block, ms', 'recovery, s'], rows)
}
