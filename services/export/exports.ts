import type { EventByType, ExportRequested, eventTypes } from '@airs-cp/events'
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
    .values({
      id: exportId,
      kind,
      format,
      from,
      until,
      actor,
      requested_at: time,
      compression: data.compression ?? 'none',
      include_lineage: data.includeLineage ?? false,
      filters: JSON.stringify(data.filters ?? {}) as never,
      idempotency_key: data.idempotencyKey ?? null,
    })
    .onConflict((conflict) => conflict.columns(['actor', 'idempotency_key']).doNothing())
    .execute()
}

export async function storeCompleted(
  database: Transaction<ExportTables>,
  { data, time }: EventByType<typeof eventTypes.exportCompleted>,
): Promise<void> {
  const { exportId, rows, bytes, sha256, manifest, asOf = null } = data
  await end(database, exportId, {
    state: 'completed',
    rows,
    bytes,
    sha256,
    ended_at: time,
    as_of: asOf,
    manifest: manifest ? JSON.stringify(manifest) : null,
  })
}

export async function storeFailed(
  database: Transaction<ExportTables>,
  { data, time }: EventByType<typeof eventTypes.exportFailed>,
): Promise<void> {
  await end(database, data.exportId, { state: 'failed', error: data.error, ended_at: time })
}

export async function storeCancelled(
  database: Transaction<ExportTables>,
  { data, time }: EventByType<typeof eventTypes.exportCancelled>,
): Promise<void> {
  await end(database, data.exportId, { state: 'cancelled', ended_at: time })
}

export async function storeDeleted(
  database: Transaction<ExportTables>,
  { data, time }: EventByType<typeof eventTypes.exportDeleted>,
): Promise<void> {
  await database
    .updateTable('export.exports')
    .set({
      state: data.reason === 'expired' ? 'expired' : 'deleted',
      ended_at: time,
      ...(data.reason === 'erased' && { error: 'It held content that was erased since; make it again' }),
    })
    .where('id', '=', data.exportId)
    .where('state', 'not in', ['deleted', 'expired'])
    .execute()
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
    manifest?: string | null
    as_of?: string | null
  },
): Promise<void> {
  await database
    .updateTable('export.exports')
    .set(outcome)
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .execute()
}

export function findExportByKey(database: Kysely<ExportTables>, actor: string, key: string) {
  return database
    .selectFrom('export.exports')
    .selectAll()
    .where('actor', '=', actor)
    .where('idempotency_key', '=', key)
    .executeTakeFirst()
}

/** Completed exports that ended before a time. */
export async function completedBefore(database: Kysely<ExportTables>, time: Date): Promise<string[]> {
  const rows = await database
    .selectFrom('export.exports')
    .select('id')
    .where('state', '=', 'completed')
    .where('ended_at', '<', time.toISOString())
    .execute()
  return rows.map((row) => row.id)
}

/** Exports that have ended without a file, and of which something may be left. */
export function exportsToRemove(database: Kysely<ExportTables>) {
  return database
    .selectFrom('export.exports')
    .selectAll()
    .where('files_removed_at', 'is', null)
    .where('state', 'not in', ['queued', 'completed'])
    .limit(1_000)
    .execute()
}

export async function noteRemoved(database: Kysely<ExportTables>, id: string): Promise<void> {
  await database
    .updateTable('export.exports')
    .set({ files_removed_at: new Date() })
    .where('id', '=', id)
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

export async function queuedExports(
  database: Kysely<ExportTables>,
): Promise<{ id: string; kind: ExportRequested['kind'] }[]> {
  return database
    .selectFrom('export.exports')
    .select(['id', 'kind'])
    .where('state', '=', 'queued')
    .orderBy('requested_at')
    .execute()
}
