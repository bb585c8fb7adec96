import type { BodyOf, Call, ResponseOf } from './call.ts'
import type { Transport } from './transport.ts'

export type Retention = ResponseOf<'GET /v1/retention'>
export type RetentionChange = BodyOf<'PUT /v1/retention'>
export type Drop = ResponseOf<'GET /v1/retention/drops'>['drops'][number]

export type RetentionApi = {
  get(): Promise<Retention>
  set(change: RetentionChange): Promise<Retention>
  /** Days that were dropped, newest first. */
  drops(limit?: number): Promise<Drop[]>
  /** The signed record of a drop. */
  record(id: string): Promise<string>
}

export function createRetentionApi({ text }: Transport, call: Call): RetentionApi {
  return {
    get: () => call('GET /v1/retention'),
    set: (change) => call('PUT /v1/retention', { json: change }),
    drops: async (limit) => (await call('GET /v1/retention/drops', { query: { limit } })).drops,
    record: (id) => text('GET', `/v1/retention/drops/${encodeURIComponent(id)}/record`),
  }
}
