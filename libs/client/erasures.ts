import type { BodyOf, Call, ResponseOf } from './call.ts'
import { type WaitOptions, waitFor } from './wait-for.ts'

export type Erasure = ResponseOf<'GET /v1/erasures/:id'>
export type ErasurePreview = ResponseOf<'POST /v1/erasure-previews'>
export type ErasureSelection = BodyOf<'POST /v1/erasures'>['selection']

export type ErasuresApi = {
  /** Erases content for ever, beside everything else. */
  create(selection: ErasureSelection, reason: string): Promise<Erasure>
  /** Counts what would be erased. */
  preview(selection: ErasureSelection): Promise<ErasurePreview>
  /** Newest first. */
  list(limit?: number): Promise<Erasure[]>
  get(id: string): Promise<Erasure>
  /** Resolves when it is completed, however long that takes, and however long AIRS-CP is unavailable meanwhile. */
  wait(id: string, options?: WaitOptions<Erasure>): Promise<Erasure>
}

export function createErasuresApi(call: Call): ErasuresApi {
  const get: ErasuresApi['get'] = (id) => call('GET /v1/erasures/:id', { params: { id } })
  return {
    create: (selection, reason) => call('POST /v1/erasures', { json: { selection, reason } }),
    preview: (selection) => call('POST /v1/erasure-previews', { json: { selection } }),
    list: async (limit) => (await call('GET /v1/erasures', { query: { limit } })).erasures,
    get,
    wait: (id, options) =>
      waitFor(
        () => get(id),
        ({ state }) => state === 'completed',
        options,
        Number.POSITIVE_INFINITY,
      ),
  }
}
