import { table as textTable } from '../support/table.ts'
import type { AccidentResult } from './accident.ts'

const columns: [title: string, value: (result: AccidentResult) => string][] = [
  ['what happened under load', ({ name }) => name],
  ['finished meanwhile', ({ finished }) => String(finished)],
  ['cut or refused', ({ unfinished }) => String(unfinished)],
  ['recovered after s', ({ recoveryS }) => recoveryS?.toFixed(1) ?? 'never'],
  ['problems', ({ problems }) => String(problems.length)],
]

export function table(results: readonly AccidentResult[]): string {
  return textTable(
    columns.map(([title]) => title),
    results.map((result) => columns.map(([, value]) => value(result))),
  )
}
