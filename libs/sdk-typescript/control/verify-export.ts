import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { VerificationFailed } from './errors.js'
import type { ExportJob } from './exports.js'

/** A file that is what AIRS-CP exported, to the byte. */
export type VerifiedExport = { export: ExportJob; sha256: string; rows: number; bytes: number }

/** @throws VerificationFailed when none of the exports has just this file. */
export async function verifyExport(path: string, exports: ExportJob[]): Promise<VerifiedExport> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk)
    bytes += chunk.length
  }
  const sha256 = hash.digest('hex')
  const job = exports.find((one) => one.sha256 === sha256 && one.bytes === bytes)
  if (job) return { export: job, sha256, rows: job.rows, bytes }
  throw new VerificationFailed(
    `${path} (${bytes} bytes, SHA-256 ${sha256}) is no file that this AIRS-CP exported: it was changed, it is not whole, or it comes from elsewhere`,
  )
}
