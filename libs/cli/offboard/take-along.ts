import { createReadStream } from 'node:fs'
import type { ExportRequest } from '@airs-cp/client'
import { type Manifest, verifyExport } from '@airs-cp/manifest'
import type { Context } from '../context.ts'
import { trackDownload, trackWriting } from '../export-progress.ts'
import { writeManifest } from '../manifest-file.ts'
import { openPartFile } from '../part-file.ts'
import { createProgress } from '../progress.ts'

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
  const { exports } = context.client()
  const progress = createProgress(context.io.stderr, context.io.env)
  const part = await openPartFile(path, 'begin')
  try {
    const track = trackWriting()
    const { id } = await exports.create(request)
    const job = await exports.wait(id, {
      signal,
      onProgress: (job) => progress.show(track(job, performance.now())),
    })
    const trackBytes = trackDownload(job.bytes)
    let bytes = 0
    for await (const chunk of exports.download(job, { signal })) {
      await part.write(chunk)
      bytes += chunk.length
      progress.show(trackBytes(bytes, performance.now()))
    }
    const manifest = await exports.manifest(id)
    await part.complete()
    await writeManifest(part.file, manifest)
    const { rows, sha256, problems } = await verifyExport(manifest, createReadStream(part.file))
    return { file: part.file, kind: request.kind, rows, bytes, sha256, manifest, problems }
  } catch (error) {
    await part.discard().catch(() => {})
    throw error
  } finally {
    progress.clear()
  }
}
