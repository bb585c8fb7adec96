import { appendControlEvent, type Bus } from '@airs-cp/bus'
import { eventTypes, uuidFrom } from '@airs-cp/events'
import type { Database } from '@airs-cp/postgres'
import type { ExportFiles } from './export-files.ts'
import { completedBefore, findExport } from './exports.ts'
import type { ExportTables } from './tables.ts'

/** Ends exports that were kept for `keepMs`, and removes their files. */
export async function expireExports({
  bus,
  database,
  files,
  keepMs,
}: {
  bus: Bus
  database: Database<ExportTables>
  files: ExportFiles
  keepMs: number
}): Promise<void> {
  for (const exportId of await completedBefore(database, new Date(Date.now() - keepMs))) {
    await appendControlEvent(
      bus,
      '/airs/export',
      eventTypes.exportDeleted,
      { exportId, actor: 'export', reason: 'expired' },
      { id: uuidFrom(exportId, 'expired') },
    )
    const row = await findExport(database, exportId)
    if (row) await files.remove(row)
  }
}
