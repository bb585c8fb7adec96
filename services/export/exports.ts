import type { EventByType, eventTypes } from '@airs-cp/events'
import type { Kysely, Transaction } from 'kysely'
import type { ExportState, ExportTables } from './tables.ts'

export type ExportRow = Awaited<ReturnType<typeof findExport>> & {}

export async function storeRequested(
  database: Transaction<ExportTables>,
  { data, time }: EventByType<typeof eventTypes.exportRequested>,
): Promise<void> {
  const { exportId, kind, format, from = null, until = null, actor } = data
  await database
    .insertInto('export.exports')
    .values({ id: exportId, kind, format, from, until, actor, requested_at: time })
    .execute()
}

export async function storeCompleted(
  database: Transaction<ExportTables>,
  { data, time }: EventByType<typeof eventTypes.exportCompleted>,
): Promise<void> {
  const { exportId, rows, bytes, sha256 } = data
  await end(database, exportId, { state: 'completed', rows, bytes, sha256, ended_at: time })
}

export async function storeFailed(
  database: Transaction<ExportTables>,
  { data, time }: EventByType<typeof eventTypes.exportFailed>,
): Promise<void> {
  await end(database, data.exportId, { state: 'failed', error: data.error, ended_at: time })
}

/** Only an export that is still queued ends; what comes after an end changes nothing. */
async function end(
  database: Transaction<ExportTables>,
  id: string,
  outcome: {
    state: ExportState
    ended_at: string
    rows?: number
    bytes?: number
    sha256?: string
    error?: string
  },
): Promise<void> {
  await database
    .updateTable('export.exports')
    .set(outcome)
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .execute()
}

export function findExport(database: Kysely<ExportTables>, id: string) {
  return database.selectFrom('export.exports').selectAll().where('id', '=', id).executeTakeFirst()
}

export function listExports(database: Kysely<ExportTables>, limit: number) {
  return database
    .selectFrom('export.exports')
    .selectAll()
    .orderBy('requested_at', 'desc')
    .limit(limit)
    .execute()
}

export async function queuedExports(database: Kysely<ExportTables>): Promise<string[]> {
  const rows = await database
    .selectFrom('export.exports')
    .select('id')
    .where('state', '=', 'queued')
    .orderBy('requested_at')
    .execute()
  return rows.map((row) => row.id)
}
