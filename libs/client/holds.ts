import type { BodyOf, Call, ResponseOf } from './call.ts'

export type Hold = ResponseOf<'GET /v1/holds'>['holds'][number]
type Selection = BodyOf<'POST /v1/holds'>['selection']

export type HoldsApi = {
  /** Keeps exchanges whole until it is released. */
  place(selection: Selection, reason: string): Promise<ResponseOf<'POST /v1/holds'>>
  /** First those that hold. */
  list(limit?: number): Promise<Hold[]>
  release(id: string, reason: string): Promise<Hold>
}

export function createHoldsApi(call: Call): HoldsApi {
  return {
    place: (selection, reason) => call('POST /v1/holds', { json: { selection, reason } }),
    list: async (limit) => (await call('GET /v1/holds', { query: { limit } })).holds,
    release: (id, reason) => call('POST /v1/holds/:id/release', { params: { id }, json: { reason } }),
  }
}
