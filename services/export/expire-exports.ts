import { appendControlEvent, type Bus } from '@airs-cp/bus'
import { eventTypes, uuidFrom } from '@airs-cp/events'
import type { Database } from '@airs-cp/postgres'
import { exportFile } from './export-file.ts'
import { completedBefore, findExport } from './exports.ts'
import type { ExportTables } from './tables.ts'
import { removeExportFiles } from './write-export.ts'

/** Ends exports that were kept for `keepMs`, and removes their files. */
export async function expireExports({
  bus,
  database,
  directory,
  keepMs,
}: {
  bus: Bus
  database: Database<ExportTables>
  directory: string
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
    if (row) await removeExportFiles(exportFile(directory, row))
  }
}
