import type { BodyOf, Call, ResponseOf } from './call.ts'
import { isPassing } from './is-passing.ts'
import { pause } from './pause.ts'

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
  /** Resolves when it is completed, however long that takes. */
  wait(
    id: string,
    options?: { signal?: AbortSignal; onProgress?: (erasure: Erasure) => void },
  ): Promise<Erasure>
}

const pollMs = 250

export function createErasuresApi(call: Call): ErasuresApi {
  const get: ErasuresApi['get'] = (id) => call('GET /v1/erasures/:id', { params: { id } })
  return {
    create: (selection, reason) => call('POST /v1/erasures', { json: { selection, reason } }),
    preview: (selection) => call('POST /v1/erasure-previews', { json: { selection } }),
    list: async (limit) => (await call('GET /v1/erasures', { query: { limit } })).erasures,
    get,
    async wait(id, { signal, onProgress } = {}) {
      for (;;) {
        const erasure = await get(id).catch((error) => {
          if (isPassing(error)) return undefined
          throw error
        })
        if (erasure) onProgress?.(erasure)
        if (erasure?.state === 'completed') return erasure
        await pause(pollMs, signal)
      }
    },
  }
}
