import { resolve } from 'node:path'
import type { ExportJob, Manifest } from '@airs-cp/client'
import { DigestMismatchError } from '@airs-cp/client'
import { writeManifest } from '@airs-cp/manifest'
import type { Context } from './context.ts'
import { trackDownload } from './export-progress.ts'
import { formatBytes, formatNumberOf } from './format.ts'
import { noteEmpty } from './note-empty.ts'
import { openPartFile, type PartFile } from './part-file.ts'
import { createProgress } from './progress.ts'
import { saveProof } from './proof-file.ts'
import { rememberLogKeys } from './trusted-keys.ts'
import { writeOut } from './write-out.ts'

/** Writes a completed export to standard output. */
export async function fetchToOutput(context: Context, job: ExportJob, signal: AbortSignal): Promise<void> {
  await download(context, job, { signal, write: (chunk) => writeOut(context.io.stdout, chunk) })
  await noteEmpty(context, job)
}

/**
 * Brings a completed export into a file and closes `part`. What cannot be finished stays in the part file, and how to
 * go on with it is said; what turns out to be wrong is removed.
 */
export async function fetchToFile(
  context: Context,
  job: ExportJob,
  part: PartFile,
  signal: AbortSignal,
): Promise<void> {
  try {
    await saveExport(context, job, part, signal)
  } catch (error) {
    if (error instanceof DigestMismatchError) await part.discard()
    else {
      await part.close()
      context.note(`To go on where this stopped: airs exports download ${job.id} --output ${part.file}`)
    }
    throw error
  }
  const { rows, bytes, sha256 } = job
  if (context.isJson()) context.result({ file: part.file, export: job }, () => '')
  else
    context.note(
      `${formatNumberOf(rows, 'row')}, ${formatBytes(bytes)}, in ${part.file}\nSHA-256 ${sha256}, as exported; to check it again, offline: airs verify ${part.file}`,
    )
  await noteEmpty(context, job)
}

/**
 * Downloads a completed export behind what `part` has, puts its proof and its manifest beside it, and gives the file its name: one that has
 * it has all of them.
 */
export async function saveExport(
  context: Context,
  job: ExportJob,
  part: PartFile,
  signal: AbortSignal,
): Promise<Manifest> {
  await download(context, job, { signal, resume: part.resume, write: part.write })
  const manifest = await context.client().exports.manifest(job.id)
  await saveProof(context, job.id, manifest, part.file, signal)
  await writeManifest(part.file, manifest)
  await part.complete()
  if (manifest.proof) await rememberLogKeys(context)
  return manifest
}

/** Goes on with what an earlier attempt has left, if it fits: otherwise it begins anew. */
export async function resumeToFile(
  context: Context,
  job: ExportJob,
  output: string,
  signal: AbortSignal,
): Promise<void> {
  const path = resolve(context.io.cwd, output)
  const part = await openPartFile(path, 'resume')
  const left = part.resume.bytes
  if (left === 0) return fetchToFile(context, job, part, signal)
  if (left <= job.bytes) {
    context.note(`Going on behind the ${formatBytes(left)} that are there already.`)
    try {
      return await fetchToFile(context, job, part, signal)
    } catch (error) {
      if (!(error instanceof DigestMismatchError)) throw error
      context.note('What was there already is not of this export: beginning anew.')
    }
  } else await part.close()
  return fetchToFile(context, job, await openPartFile(path, 'begin'), signal)
}

async function download(
  context: Context,
  job: ExportJob,
  {
    signal,
    resume,
    write,
  }: { signal: AbortSignal; resume?: PartFile['resume']; write: (chunk: Buffer) => Promise<void> },
): Promise<void> {
  const progress = createProgress(context.io.stderr, context.io.env)
  const track = trackDownload(job.bytes)
  let bytes = resume?.bytes ?? 0
  try {
    const chunks = context.client().exports.download(job, {
      signal,
      ...(resume && { resume }),
      onInterruption(error) {
        progress.clear()
        context.note(`${error.message}; going on where it stopped.`)
      },
    })
    for await (const chunk of chunks) {
      await write(chunk)
      bytes += chunk.length
      progress.show(track(bytes, performance.now()))
    }
  } finally {
    progress.clear()
  }
}
