import { appendControlEvent, type Bus } from '@airs-cp/bus'
import { eventTypes, uuidFrom } from '@airs-cp/events'
import type { Database } from '@airs-cp/postgres'
import { completedBefore } from './exports.ts'
import type { ExportTables } from './tables.ts'

/** Ends exports that were kept for `keepMs`. */
export async function expireExports({
  bus,
  database,
  keepMs,
}: {
  bus: Bus
  database: Database<ExportTables>
  keepMs: number
}): Promise<void> {
  for (const exportId of await completedBefore(database, new Date(Date.now() - keepMs)))
    await appendControlEvent(
      bus,
      '/airs/export',
      eventTypes.exportDeleted,
      { exportId, actor: 'export', reason: 'expired' },
      { id: uuidFrom(exportId, 'expired') },
    )
}
