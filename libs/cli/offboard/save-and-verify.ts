import { createReadStream } from 'node:fs'
import type { ExportRequest } from '@airs-cp/client'
import { type Manifest, proofName, verifyExport } from '@airs-cp/manifest'
import type { VerifierKey } from '@airs-cp/transparency-log'
import type { Context } from '../context.ts'
import { saveExport } from '../fetch-export.ts'
import { makeExport } from '../make-export.ts'
import { openPartFile } from '../part-file.ts'

export type SavedExport = {
  file: string
  kind: string
  rows: number
  bytes: number
  sha256: string
  manifest: Manifest
  /** What the file, read from the disk again, is not as its manifest says. */
  problems: string[]
}

/** Has an export made, brings it into a file with manifest and proof beside it, and checks the file as it lies there. */
export async function saveAndVerify(
  context: Context,
  request: ExportRequest & { kind: string },
  path: string,
  keys: readonly VerifierKey[],
  signal: AbortSignal,
): Promise<SavedExport> {
  const part = await openPartFile(path, 'begin')
  const job = await makeExport(context, request, signal, part)
  try {
    const manifest = await saveExport(context, job, part, signal)
    const proof = manifest.proof && { file: createReadStream(proofName(part.file)), keys }
    const { rows, sha256, problems } = await verifyExport(manifest, createReadStream(part.file), proof)
    if (request.kind === 'events' && !proof) problems.push('It has no proof: the log has no checkpoint')
    return { file: part.file, kind: request.kind, rows, bytes: job.bytes, sha256, manifest, problems }
  } catch (error) {
    await part.discard().catch(() => {})
    throw error
  }
}
