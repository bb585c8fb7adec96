import { type ManifestProof, manifestName, proofName } from '@airs-cp/manifest'
import { ApiError } from '@airs-cp/runtime'
import type { ExportRow } from '../exports.ts'
import { fileEnding } from './export-file.ts'

const mediaTypes = { jsonl: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' }
const compressedTypes = { gzip: 'application/gzip', zstd: 'application/zstd' }

/** Headers of a response with the file of a completed export. */
export function fileHeaders(row: ExportRow): Record<string, string> {
  return {
    'X-Content-SHA256': row.sha256!,
    ETag: `"${row.sha256}"`,
    'Content-Type': row.compression === 'none' ? mediaTypes[row.format] : compressedTypes[row.compression],
    'Content-Disposition': attachment(savedName(row)),
  }
}

/** Headers of a response with the manifest of a completed export. */
export function manifestHeaders(row: ExportRow): Record<string, string> {
  return {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Disposition': attachment(manifestName(savedName(row))),
  }
}

/** Headers of a response with the proof of a completed export. */
export function proofHeaders(row: ExportRow, { sha256 }: ManifestProof): Record<string, string> {
  return {
    'X-Content-SHA256': sha256,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Disposition': attachment(proofName(savedName(row))),
  }
}

/** How clients save the file. Its manifest and its proof are named after it, as `airs verify` looks for them. */
function savedName(row: ExportRow): string {
  return `airs-${row.kind}-${row.id}.${fileEnding(row)}`
}

function attachment(name: string): string {
  return `attachment; filename="${name}"`
}

export function fileMissing({ id }: ExportRow): ApiError {
  return new ApiError(410, 'export_file_missing', `The file of export ${id} is gone; ask for it again`)
}
