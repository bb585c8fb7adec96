import type { Database } from '@airs-cp/postgres'
import { exportsToRemove, noteRemoved } from '../exports.ts'
import type { ExportQueue } from '../queue.ts'
import type { ExportTables } from '../tables.ts'
import type { ExportFiles } from './export-files.ts'

/**
 * Removes what is left of exports that have ended without a file: cancelled just as the last byte was written, deleted
 * while the bucket could not be reached, failed. One that a worker still has is left for the next time, so that nothing
 * is written after it was noted as removed.
 * @throws the first error, after it has tried all.
 */
export async function removeFiles({
  database,
  queue,
  files,
}: {
  database: Database<ExportTables>
  queue: ExportQueue
  files: ExportFiles
}): Promise<void> {
  const errors: unknown[] = []
  for (const row of await exportsToRemove(database)) {
    if (await queue.isUnfinished(row.id)) continue
    try {
      await files.remove(row)
      await noteRemoved(database, row.id)
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}
