import { mebibytes, type Result } from './run-attack.ts'

/** One line for each attack: what it cost the process that it cost most. */
export function table(results: readonly Result[]): string {
  const rows = [['attack', 'by', 'largest memory, MiB', 'longest block, ms', 'recovery, s']]
  for (const { attack, costs, recoveryS } of results) {
    const [largest] = Object.entries(costs).toSorted(([, a], [, b]) => b.peakBytes - a.peakBytes)
    const [longest] = Object.entries(costs).toSorted(([, a], [, b]) => b.longestBlockMs - a.longestBlockMs)
    rows.push([
      attack.name,
      attack.attacker,
      `${largest![0]} ${mebibytes(largest![1].peakBytes)}`,
      `${longest![0]} ${longest![1].longestBlockMs.toFixed(0)}`,
      recoveryS === undefined ? 'none' : recoveryS.toFixed(2),
    ])
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  '),
    )
    .join('\n')
}
