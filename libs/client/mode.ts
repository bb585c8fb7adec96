import type { Mode } from '@airs-cp/events'
import type { Call, ResponseOf } from './call.ts'

export type ModeSetting = ResponseOf<'GET /v1/mode'>
export type ModeChange = ResponseOf<'GET /v1/mode/history'>['changes'][number]

export type ModeApi = {
  get(): Promise<ModeSetting>
  /** Newest first. */
  history(limit?: number): Promise<ModeChange[]>
  /** Resolves when every connected ingress has it. */
  /** @param message what clients read while all traffic is refused. */
  set(mode: Mode, reason?: string, message?: string): Promise<ResponseOf<'PUT /v1/mode'>>
}

export function createModeApi(call: Call): ModeApi {
  return {
    get: () => call('GET /v1/mode'),
    history: async (limit) => (await call('GET /v1/mode/history', { query: { limit } })).changes,
    set: (mode, reason, message) => call('PUT /v1/mode', { json: { mode, reason, message } }),
  }
}
