import { join } from 'node:path'
import type { ExportRow } from './exports.ts'

/** Where an export's file stands. The API and its workers share this directory. */
export function exportFile(directory: string, { id, format }: Pick<ExportRow, 'id' | 'format'>): string {
  return join(directory, `${id}.${format}`)
}
