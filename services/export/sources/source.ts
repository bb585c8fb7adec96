import type { Place, TalliedPage } from '@airs-cp/manifest'
import type { Kysely } from 'kysely'
import type { ExportRow } from '../exports.ts'
import type { Selection } from '../selection.ts'
import type { ExportTables } from '../tables.ts'

/** The next rows of an export, as they are written. */
export type Page = TalliedPage & { text: string }

/** A kind of export: rows in a fixed order of time and id, read page by page from one snapshot. */
export type Source = {
  columns: string[]
  /** Whether rows that were read once never change, so that an export may go on where it was interrupted. */
  isStable: boolean
  count(snapshot: Kysely<ExportTables>, selection: Selection): Promise<number>
  /** A page that memory can hold, whatever the size of its rows; undefined at the end. */
  page(
    snapshot: Kysely<ExportTables>,
    selection: Selection,
    after: Place | null,
    format: ExportRow['format'],
  ): Promise<Page | undefined>
}
