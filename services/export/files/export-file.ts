import { join } from 'node:path'
import type { ExportRow } from '../exports.ts'

const endings = { none: '', gzip: '.gz', zstd: '.zst' }

/** How an export's file ends: `jsonl`, `csv.gz`, … */
export function fileEnding({ format, compression }: Pick<ExportRow, 'format' | 'compression'>): string {
  return `${format}${endings[compression]}`
}

/** Where an export's file stands. The API and its workers share this directory. */
export function exportFile(directory: string, row: Pick<ExportRow, 'id' | 'format' | 'compression'>): string {
  return join(directory, `${row.id}.${fileEnding(row)}`)
}
