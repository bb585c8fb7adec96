import { table as textTable } from '../support/table.ts'
import type { Result } from './run-fault.ts'

const columns: [title: string, value: (result: Result) => string][] = [
  ['fault', ({ name }) => name],
  ['rounds', ({ rounds }) => String(rounds)],
  ['exchanges', ({ exchanges }) => String(exchanges)],
  ['seen finished', ({ finished }) => String(finished)],
  ['lost', ({ lost }) => String(lost)],
  ['duplicated', ({ duplicated }) => String(duplicated)],
  ['abandoned', ({ abandoned, open }) => (open > 0 ? `${abandoned} + ${open} open` : String(abandoned))],
  ['gaps', ({ gaps }) => String(gaps)],
  ['unaccounted', ({ unaccounted }) => String(unaccounted)],
  ['recovery s, median / longest', ({ recoveriesS }) => recovery(recoveriesS)],
]

export function table(results: readonly Result[]): string {
  return textTable(
    columns.map(([title]) => title),
    results.map((result) => columns.map(([, value]) => value(result))),
  )
}

function recovery(seconds: readonly number[]): string {
  if (seconds.length === 0) return '-'
  const sorted = seconds.toSorted((a, b) => a - b)
  return `${sorted[(sorted.length - 1) >> 1]!.toFixed(1)} / ${sorted.at(-1)!.toFixed(1)}`
}
