import { createReadStream } from 'node:fs'
import type { ExportRequest } from '@airs-cp/client'
import { type Manifest, verifyExport } from '@airs-cp/manifest'
import type { Context } from '../context.ts'
import { saveExport } from '../fetch-export.ts'
import { makeExport } from '../make-export.ts'
import { openPartFile } from '../part-file.ts'

export type TakenAlong = {
  file: string
  kind: string
  rows: number
  bytes: number
  sha256: string
  manifest: Manifest
  /** What the file, read from the disk again, is not as its manifest says. */
  problems: string[]
}

/** Has an export made, brings it into a file with its manifest beside it, and checks the file as it lies there. */
export async function takeAlong(
  context: Context,
  request: ExportRequest & { kind: string },
  path: string,
  signal: AbortSignal,
): Promise<TakenAlong> {
  const part = await openPartFile(path, 'begin')
  const job = await makeExport(context, request, signal, part)
  try {
    const manifest = await saveExport(context, job, part, signal)
    const { rows, sha256, problems } = await verifyExport(manifest, createReadStream(part.file))
    return { file: part.file, kind: request.kind, rows, bytes: job.bytes, sha256, manifest, problems }
  } catch (error) {
    await part.discard().catch(() => {})
    throw error
  }
}
