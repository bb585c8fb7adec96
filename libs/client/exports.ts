import type { ExportFilters } from '@airs-cp/events'
import type { Manifest } from '@airs-cp/manifest'
import { type DownloadOptions, downloadExport } from './download-export.ts'
import { ExportEndedError } from './errors.ts'
import { isPassing } from './is-passing.ts'
import { pause } from './pause.ts'
import { pathSegment, type Transport } from './transport.ts'

export type ExportRequest = {
  kind?: string
  format?: string
  /** A day, or a time; without a zone UTC. */
  from?: string
  /** Included: a day as a whole. */
  to?: string
  /** `none`, `gzip` or `zstd`. */
  compression?: string
  /** Of sessions: with what came of what. */
  includeLineage?: boolean
  filters?: ExportFilters
}

export type ExportJob = {
  id: string
  kind: string
  format: string
  compression: string
  includeLineage: boolean
  filters: ExportFilters
  /** First instant included, and first not included. */
  from: string | null
  until: string | null
  actor: string
  state: string
  requestedAt: string
  endedAt: string | null
  rows: number
  /** Null until they are counted. */
  totalRows: number | null
  bytes: number
  percent: number
  secondsLeft: number | null
  /** Of the file; null until it is complete. */
  sha256: string | null
  error: string | null
}

export type WaitOptions = { signal?: AbortSignal; onProgress?: (job: ExportJob) => void }

export type ExportsApi = {
  /** @param idempotencyKey asking again with the same one gives the same export. */
  create(request: ExportRequest, idempotencyKey?: string): Promise<ExportJob>
  /** Newest first. */
  list(limit?: number): Promise<ExportJob[]>
  get(id: string): Promise<ExportJob>
  /**
   * Resolves when the export is completed. Bears AIRS-CP being away for half a minute.
   * @throws ExportEndedError when it ended in another way.
   */
  wait(id: string, options?: WaitOptions): Promise<ExportJob>
  /** Stops an export that is not completed. */
  cancel(id: string): Promise<ExportJob>
  /** Removes an export and its file. */
  delete(id: string): Promise<void>
  /** What a completed export claims of itself; `verifyExport` of `@airs-cp/manifest` checks its file against it. */
  manifest(id: string): Promise<Manifest>
  /** The file of a completed export; see `downloadExport`. */
  download(job: Pick<ExportJob, 'id' | 'bytes' | 'sha256'>, options?: DownloadOptions): AsyncGenerator<Buffer>
}

const unfinished = new Set(['queued', 'running'])
const firstPollMs = 50
const slowestPollMs = 500
const patienceMs = 30_000

export function createExportsApi(transport: Transport): ExportsApi {
  const { json } = transport
  const get: ExportsApi['get'] = (id) => json('GET', `/v1/exports/${pathSegment(id)}`)
  return {
    create: (request, idempotencyKey) =>
      json('POST', '/v1/exports', {
        json: request,
        ...(idempotencyKey !== undefined && { headers: { 'idempotency-key': idempotencyKey } }),
      }),
    list: async (limit) =>
      (await json<{ exports: ExportJob[] }>('GET', '/v1/exports', { query: { limit } })).exports,
    get,
    cancel: (id) => json('POST', `/v1/exports/${pathSegment(id)}/cancel`),
    delete: async (id) => {
      await transport.text('DELETE', `/v1/exports/${pathSegment(id)}`)
    },
    manifest: (id) => json('GET', `/v1/exports/${pathSegment(id)}/manifest`),
    wait: (id, options) => waitForExport(() => get(id), options),
    download: (job, options) => downloadExport(transport, job, options),
  }
}

async function waitForExport(
  get: () => Promise<ExportJob>,
  { signal, onProgress = () => {} }: WaitOptions = {},
): Promise<ExportJob> {
  let answeredAtMs = performance.now()
  for (let delayMs = firstPollMs; ; delayMs = Math.min(delayMs * 1.5, slowestPollMs)) {
    signal?.throwIfAborted()
    try {
      const job = await get()
      answeredAtMs = performance.now()
      onProgress(job)
      if (job.state === 'completed') return job
      if (!unfinished.has(job.state)) throw endedError(job)
    } catch (error) {
      if (!isPassing(error) || performance.now() - answeredAtMs > patienceMs) throw error
    }
    await pause(delayMs, signal)
  }
}

function endedError({ id, state, error }: ExportJob): ExportEndedError {
  const isGone = state === 'deleted' || state === 'expired'
  const more = isGone ? '; its file was removed: ask for it again' : error ? `: ${error}` : ''
  return new ExportEndedError(`Export ${id} is ${state}${more}`)
}
