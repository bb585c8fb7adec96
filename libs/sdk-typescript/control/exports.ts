import { randomUUID } from 'node:crypto'
import { ExportFailed, VerificationFailed } from './errors.js'
import { type Manifest, writeManifest } from './manifest.js'
import { openPartFile, type PartFile } from './part-file.js'
import { pause } from './pause.js'
import { isPassing, type Transport, unreachable } from './transport.js'
import { measureFile } from './verify-export.js'

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
   * `PATH.manifest.json`; waits first where the export is not completed. What an earlier attempt has left in `PATH.part`
   * is gone on with.
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

const unfinished = new Set(['queued', 'running'])
const firstPollMs = 50
const slowestPollMs = 500
const patienceMs = 30_000
/** As many exports as the API lists at once. */
const exportsLookedAt = 1_000

export function createExports(transport: Transport): Exports {
  const { json } = transport
  const find = (id: string) => json<ExportJob>('GET', `/v1/exports/${encodeURIComponent(id)}`)

  const wrap = (first: ExportJob): Export => {
    let job = first
    const wait: Export['wait'] = async ({ signal, onProgress } = {}) => {
      let reachedAtMs = performance.now()
      let reported: string | undefined
      for (let delayMs = firstPollMs; ; delayMs = Math.min(delayMs * 1.5, slowestPollMs)) {
        try {
          job = await find(job.id)
          reachedAtMs = performance.now()
          const { state, rows, bytes, percent } = job
          const now = JSON.stringify([state, rows, bytes, percent])
          if (now !== reported) onProgress?.(job)
          reported = now
          if (isFinished(job)) return one
        } catch (error) {
          if (!isPassing(error) || performance.now() - reachedAtMs > patienceMs) throw error
        }
        await pause(delayMs, signal)
      }
    }
    const one: Export = {
      id: first.id,
      get job() {
        return job
      },
      wait,
      manifest: () => json<Manifest>('GET', `/v1/exports/${encodeURIComponent(first.id)}/manifest`),
      async download(path, { signal } = {}) {
        await wait(signal ? { signal } : {})
        const manifest = await one.manifest()
        const file = await downloadTo(transport, job, path, signal)
        await writeManifest(file, manifest)
        return file
      },
    }
    return one
  }

  const list = async (limit?: number) =>
    (await json<{ exports: ExportJob[] }>('GET', '/v1/exports', { query: { limit } })).exports.map(wrap)

  return {
    async create({ from, to, ...more } = {}, { idempotencyKey = randomUUID() } = {}) {
      const body = { ...more, from: timeText(from), to: timeText(to) }
      return wrap(
        await json<ExportJob>('POST', '/v1/exports', {
          body,
          headers: { 'idempotency-key': idempotencyKey },
        }),
      )
    },
    get: async (id) => wrap(await find(id)),
    list,
    async identify(file) {
      const { bytes, sha256 } = await measureFile(file)
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

/** @throws ExportFailed when it never will be. */
function isFinished({ id, state, error }: ExportJob): boolean {
  if (state === 'completed') return true
  if (unfinished.has(state)) return false
  throw new ExportFailed(`Export ${id} is ${state}${error ? `: ${error}` : ''}`)
}

async function downloadTo(
  transport: Transport,
  job: ExportJob,
  path: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const part = await openPartFile(path, job.bytes)
  try {
    while (part.bytes() < job.bytes) {
      const before = part.bytes()
      try {
        await append(transport, job, part, signal)
      } catch (error) {
        if (!isPassing(error) || part.bytes() === before) throw error
      }
    }
  } catch (error) {
    await part.close()
    throw error
  }
  const digest = part.digest()
  if (digest === job.sha256) return part.finish()
  await part.discard()
  throw new VerificationFailed(
    `What arrived of export ${job.id} has ${part.bytes()} bytes and SHA-256 ${digest}; the export has ${job.bytes} and ${job.sha256}`,
  )
}

async function append(
  { url, open }: Transport,
  { id }: ExportJob,
  part: PartFile,
  signal: AbortSignal | undefined,
): Promise<void> {
  const headers: Record<string, string> = part.bytes() > 0 ? { range: `bytes=${part.bytes()}-` } : {}
  const response = await open('GET', `/v1/exports/${id}/download`, { headers, signal })
  if (response.status !== 206) await part.startOver()
  try {
    for await (const chunk of response.body!) await part.write(chunk)
  } catch (error) {
    throw signal?.aborted ? signal.reason : unreachable(url, error)
  }
}

function timeText(time: Date | string | undefined): string | undefined {
  return time instanceof Date ? time.toISOString() : time
}
