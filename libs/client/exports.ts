import type { BodyOf, Call, ResponseOf } from './call.ts'
import { type DownloadOptions, downloadExport } from './download-export.ts'
import { ExportEndedError } from './errors.ts'
import { pathSegment, type Transport } from './transport.ts'
import { type WaitOptions, waitFor } from './wait-for.ts'

export type ExportRequest = BodyOf<'POST /v1/exports'>
export type ExportJob = ResponseOf<'GET /v1/exports/:id'>
export type Manifest = ResponseOf<'GET /v1/exports/:id/manifest'>

export type ExportsApi = {
  /** @param idempotencyKey asking again with the same one gives the same export. */
  create(request: ExportRequest, idempotencyKey?: string): Promise<ExportJob>
  /** Newest first. */
  list(limit?: number): Promise<ExportJob[]>
  get(id: string): Promise<ExportJob>
  /**
   * Resolves when the export is completed. AIRS-CP may be unavailable for half a minute.
   * @throws ExportEndedError when it ended in another way.
   */
  wait(id: string, options?: WaitOptions<ExportJob>): Promise<ExportJob>
  /** Stops an export that is not completed. */
  cancel(id: string): Promise<ExportJob>
  /** Removes an export and its file. */
  delete(id: string): Promise<void>
  /** What a completed export claims of itself; `verifyExport` of `@airs-cp/manifest` checks its file against it. */
  manifest(id: string): Promise<Manifest>
  /** What proves the rows of a completed export, where its manifest names a proof. */
  proof(id: string, options?: { signal?: AbortSignal }): AsyncGenerator<Buffer>
  /** The file of a completed export; see `downloadExport`. */
  download(job: Pick<ExportJob, 'id' | 'bytes' | 'sha256'>, options?: DownloadOptions): AsyncGenerator<Buffer>
}

export function createExportsApi(transport: Transport, call: Call): ExportsApi {
  const get: ExportsApi['get'] = (id) => call('GET /v1/exports/:id', { params: { id } })
  return {
    create: (request, idempotencyKey) =>
      call('POST /v1/exports', {
        json: request,
        ...(idempotencyKey !== undefined && { headers: { 'idempotency-key': idempotencyKey } }),
      }),
    list: async (limit) => (await call('GET /v1/exports', { query: { limit } })).exports,
    get,
    cancel: (id) => call('POST /v1/exports/:id/cancel', { params: { id } }),
    delete: (id) => call('DELETE /v1/exports/:id', { params: { id } }),
    manifest: (id) => call('GET /v1/exports/:id/manifest', { params: { id } }),
    async *proof(id, options = {}) {
      const { body } = await transport.open('GET', `/v1/exports/${pathSegment(id)}/proof`, options)
      yield* body
    },
    wait: (id, options) => waitFor(() => get(id), isCompleted, options),
    download: (job, options) => downloadExport(transport, job, options),
  }
}

/** @throws ExportEndedError when it will never be. */
function isCompleted({ id, state, error }: ExportJob): boolean {
  if (state === 'completed') return true
  if (state === 'queued' || state === 'running') return false
  const isGone = state === 'deleted' || state === 'expired'
  const more = isGone ? '; its file was removed: request the export again' : error ? `: ${error}` : ''
  throw new ExportEndedError(`Export ${id} is ${state}${more}`)
}
