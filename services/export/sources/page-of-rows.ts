import { type Place, Tally } from '@airs-cp/manifest'
import { csvRecord } from '../csv.ts'
import type { ExportRow } from '../exports.ts'
import type { Page } from './source.ts'

/** One row of an export. */
export type ExportedRow = Place & {
  /** What it is counted under. */
  label: string
  journal?: string | null
  sequence?: number | null
  /** The row as a line of JSONL, without its end. */
  json: string
  /** Fields for CSV, in the order of the source's `columns`. */
  cells: () => (string | number | null)[]
}

export function pageOfRows(rows: ExportedRow[], format: ExportRow['format']): Page | undefined {
  if (rows.length === 0) return undefined
  const tally = new Tally()
  for (const row of rows) tally.add(row)
  const { first, last, ...counted } = tally.state()
  const text =
    format === 'csv'
      ? rows.map((row) => csvRecord(row.cells())).join('')
      : `${rows.map((row) => row.json).join('\n')}\n`
  return { ...counted, first: first!, last: last!, text }
}
