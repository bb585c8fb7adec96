import type { Mode } from '@airs-cp/events'
import type { Transport } from './transport.ts'

export type ModeSetting = { mode: Mode; reason: string; setVersion: number }

export type ModeApi = {
  /** Undefined until the policy service has set it for the first time. */
  get(): Promise<ModeSetting | undefined>
  /** Answers when every connected ingress has been told. */
  set(mode: Mode, reason?: string): Promise<{ mode: Mode; changed: boolean }>
}

export function createModeApi({ json }: Transport): ModeApi {
  return {
    get: () => json('GET', '/v1/mode'),
    set: (mode, reason) => json('PUT', '/v1/mode', { json: { mode, reason } }),
  }
}
