import type { Mode } from '@airs-cp/events'
import type { PolicyChange } from './policies.ts'
import type { Transport } from './transport.ts'

export type ModeChange = { mode: Mode; reason: string; actor: string; changedAt: string }

export type ModeSetting = { mode: Mode; reason: string; setVersion: number } & Partial<ModeChange>

export type ModeApi = {
  /** Undefined until the policy service has set it for the first time. */
  get(): Promise<ModeSetting | undefined>
  /** Newest first. */
  history(limit?: number): Promise<ModeChange[]>
  /** Answers when every connected ingress has it. */
  set(mode: Mode, reason?: string): Promise<PolicyChange & { mode: Mode; changed: boolean }>
}

export function createModeApi({ json }: Transport): ModeApi {
  return {
    get: () => json('GET', '/v1/mode'),
    history: async (limit) =>
      (await json<{ changes: ModeChange[] }>('GET', '/v1/mode/history', { query: { limit } })).changes,
    set: (mode, reason) => json('PUT', '/v1/mode', { json: { mode, reason } }),
  }
}
