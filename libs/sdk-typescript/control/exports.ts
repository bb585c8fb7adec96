import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Client } from '@airs-cp/client'
import { openPartFile } from '@airs-cp/files'
import { writeManifest } from '@airs-cp/manifest'
import { toSdkError, VerificationFailed, withSdkErrors } from './errors.js'
import type { Manifest } from './manifest.js'

export type ExportRequest = {
  kind?: string
  format?: string
  /** A day (of `to` the whole), or an instant; without a zone UTC. */
  from?: Date | string
  to?: Date | string
  /** Further fields, as the API names them. */
  [field: string]: unknown
}

export type ExportJob = {
  id: string
  kind: string
  format: string
  state: string
  rows: number
  bytes: number
  percent: number
  /** Of the file; null until it is complete. */
  sha256: string | null
  error: string | null
}

export type WaitOptions = {
  signal?: AbortSignal
  /** Called with every change that is seen. */
  onProgress?: (job: ExportJob) => void
}

/** An export that was asked for. */
export type Export = {
  readonly id: string
  /** As it was when it was last asked about. */
  readonly job: ExportJob
  /**
   * Resolves when the file is there. Tolerates that AIRS-CP is unavailable for half a minute.
   * @throws ExportFailed when it ended in another way.
   */
  wait(options?: WaitOptions): Promise<Export>
  /** What it claims of itself, once it is completed. */
  manifest(): Promise<Manifest>
  /**
   * Writes the file to `path`, which appears only when its SHA-256 is the one that AIRS-CP reported, and its manifest to
   * `PATH.manifest.json`; waits first where the export is not completed. Continues what an earlier attempt left in
   * `PATH.part`.
   * @throws VerificationFailed when what arrived is something else.
   */
  download(path: string, options?: { signal?: AbortSignal }): Promise<string>
}

export type Exports = {
  /** Asking twice with the same key asks once. */
  create(request?: ExportRequest, options?: { idempotencyKey?: string }): Promise<Export>
  get(id: string): Promise<Export>
  /** Newest first. */
  list(limit?: number): Promise<Export[]>
  /**
   * Identifies which of the exports that AIRS-CP still has equals a file, to the byte. Needs no manifest.
   * @throws VerificationFailed when it is none.
   */
  identify(file: string): Promise<Export>
}

/** As many exports as the API lists at once. */
const exportsLookedAt = 1_000

/** @internal */
export function createExports({ exports }: Pick<Client, 'exports'>): Exports {
  const wrap = (first: ExportJob): Export => {
    let job = first
    const one: Export = {
      id: first.id,
      get job() {
        return job
      },
      async wait({ signal, onProgress } = {}) {
        let reported: string | undefined
        const noteChange = (current: ExportJob) => {
          job = current
          const { state, rows, bytes, percent } = current
          const change = JSON.stringify([state, rows, bytes, percent])
          if (change !== reported) onProgress?.(current)
          reported = change
        }
        await withSdkErrors(() => exports.wait(first.id, { signal, onProgress: noteChange }))
        return one
      },
      manifest: () => withSdkErrors(() => exports.manifest(first.id)),
      async download(path, { signal } = {}) {
        await one.wait({ signal })
        return withSdkErrors(async () => {
          const manifest = await exports.manifest(first.id)
          await save(exports, job, path, signal)
          await writeManifest(path, manifest)
          return path
        })
      },
    }
    return one
  }
  const list = async (limit?: number) => (await withSdkErrors(() => exports.list(limit))).map(wrap)

  return {
    async create({ from, to, ...more } = {}, { idempotencyKey = randomUUID() } = {}) {
      const request = { ...more, from: timeText(from), to: timeText(to) } as Parameters<
        typeof exports.create
      >[0]
      return wrap(await withSdkErrors(() => exports.create(request, idempotencyKey)))
    },
    get: async (id) => wrap(await withSdkErrors(() => exports.get(id))),
    list,
    async identify(file) {
      const hash = createHash('sha256')
      let bytes = 0
      for await (const chunk of createReadStream(file)) {
        hash.update(chunk)
        bytes += chunk.length
      }
      const sha256 = hash.digest('hex')
      const found = (await list(exportsLookedAt)).find(
        ({ job }) => job.sha256 === sha256 && job.bytes === bytes,
      )
      if (found) return found
      throw new VerificationFailed(
        `${file} (${bytes} bytes, SHA-256 ${sha256}) is none of the exports that this AIRS-CP has: it was changed, it is not whole, it comes from elsewhere, or its export was deleted`,
      )
    },
  }
}

async function save(
  exports: Client['exports'],
  job: ExportJob,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  let part = await openPartFile(path, 'resume')
  if (part.resume.bytes > job.bytes) {
    await part.close()
    part = await openPartFile(path, 'begin')
  }
  try {
    for await (const chunk of exports.download(job, { resume: part.resume, signal })) await part.write(chunk)
  } catch (error) {
    if (toSdkError(error) instanceof VerificationFailed) await part.discard()
    else await part.close()
    throw error
  }
  await part.complete()
}

function timeText(time: Date | string | undefined): string | undefined {
  return time instanceof Date ? time.toISOString() : time
}
