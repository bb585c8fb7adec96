import type { AccidentResult } from './accident.ts'

const columns: [title: string, value: (result: AccidentResult) => string][] = [
  ['what happened under load', ({ name }) => name],
  ['finished meanwhile', ({ finished }) => String(finished)],
  ['cut or refused', ({ unfinished }) => String(unfinished)],
  ['recovered after s', ({ recoveryS }) => recoveryS?.toFixed(1) ?? 'never'],
  ['problems', ({ problems }) => String(problems.length)],
]

export function table(results: readonly AccidentResult[]): string {
  const rows = [
    columns.map(([title]) => title),
    ...results.map((result) => columns.map(([, value]) => value(result))),
  ]
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  '),
    )
    .join('\n')
}
