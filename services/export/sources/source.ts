import type { Place, RowProof } from '@airs-cp/manifest'
import type { Snapshot } from '@airs-cp/postgres'
import type { Selection } from '../selection/selection.ts'
import type { ExportTables } from '../tables.ts'

/** One row of an export. */
export type ExportedRow = Place & {
  /** What it is counted under. */
  label: string
  journal?: string | null
  sequence?: number | null
  /** The row as a line of JSONL, without its end: text, or its bytes. */
  json: string | Buffer
  /** Where the selection has a log. */
  proof?: RowProof | undefined
  /** Fields for CSV, in the order of the source's `columns`. */
  cells: () => (string | number | null)[]
}

/** A kind of export: rows in a fixed order of time and id, read from one snapshot. */
export type Source = {
  columns: string[]
  /** Whether rows that were read once never change, so that an export may go on where it was interrupted. */
  isStable: boolean
  count(snapshot: Snapshot<ExportTables>, selection: Selection): Promise<number>
  /** The next rows behind a place, at most `limit` and none at the end, some at a time as memory can hold them. */
  rows(
    snapshot: Snapshot<ExportTables>,
    selection: Selection,
    after: Place | null,
    limit: number,
  ): AsyncIterable<ExportedRow[]>
}
