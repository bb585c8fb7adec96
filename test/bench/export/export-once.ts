import { readFileSync } from 'node:fs'
import { openDatabase } from '@airs-cp/postgres'
import type { ExportTables } from '../../../services/export/tables.ts'
import { type ExportJobRequest, writeExport } from '../../../services/export/writing/write-export.ts'

/** One export in a process of its own, as a worker makes it, so that its memory is that of the export. */
export type ExportJob = {
  databaseUrl: string
  file: string
  format?: ExportJobRequest['format']
  compression?: ExportJobRequest['compression']
}

export type ExportResult = { rows: number; fileBytes: number; elapsedMs: number; peakResidentBytes: number }

process.on('message', async ({ databaseUrl, file, format = 'jsonl', compression = 'none' }: ExportJob) => {
  const database = openDatabase<ExportTables>({ url: databaseUrl, name: 'bench', max: 1 })
  const startedAtMs = performance.now()
  const { rows, files } = await writeExport({
    databaseUrl,
    request: { kind: 'events', format, compression, includeLineage: false, range: {}, filters: {} },
    file,
    made: { exportId: 'bench', at: '', by: 'bench', software: { name: 'airs-cp', version: 'bench' } },
    onProgress() {},
    isStopped: async () => false,
  })
  const elapsedMs = performance.now() - startedAtMs
  await database.destroy()
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  process.send!({ rows, fileBytes: files[0]!.bytes, elapsedMs, peakResidentBytes: Number(peak) * 1024 })
})
process.on('disconnect', () => process.exit(0))
