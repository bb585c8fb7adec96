import type { ExportRow } from './exports.ts'
import type { ExportQueue } from './queue.ts'

/** An export as the API reports it. */
export type DescribedExport = Awaited<ReturnType<typeof describeExport>>

export async function describeExport(row: ExportRow, queue: ExportQueue) {
  const progress = row.state === 'queued' ? await queue.progress(row.id).catch(() => undefined) : undefined
  const rows = row.rows ?? progress?.rows ?? 0
  const totalRows = row.rows ?? progress?.totalRows
  return {
    id: row.id,
    kind: row.kind,
    format: row.format,
    compression: row.compression,
    includeLineage: row.include_lineage,
    from: row.from,
    until: row.until,
    filters: row.filters,
    actor: row.actor,
    state: row.state === 'queued' && progress ? ('running' as const) : row.state,
    requestedAt: row.requested_at,
    endedAt: row.ended_at,
    rows,
    totalRows: totalRows ?? null,
    bytes: row.bytes ?? progress?.bytes ?? 0,
    percent: row.state === 'completed' ? 100 : totalRows ? Math.floor((100 * rows) / totalRows) : 0,
    /** Of what is left, at the speed so far; null while that is not known. */
    secondsLeft: progress ? secondsLeft(progress) : null,
    sha256: row.sha256,
    error: row.error,
  }
}

function secondsLeft({ rows, totalRows, elapsedMs }: { rows: number; totalRows: number; elapsedMs: number }) {
  return rows > 0 ? Math.ceil((elapsedMs * (totalRows - rows)) / rows / 1_000) : null
}
