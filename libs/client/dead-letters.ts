import type { Call, ResponseOf } from './call.ts'

/** An event that a service could not apply. */
export type DeadLetter = ResponseOf<'GET /v1/dead-letters/:service'>['deadLetters'][number]

type DeadLetterService = ResponseOf<'GET /v1/dead-letters/:service'>['service']

/** The services that keep dead letters: each its own. */
export const deadLetterServices = [
  'audit',
  'lineage',
  'policy',
  'export',
] as const satisfies readonly DeadLetterService[]

export type DeadLettersApi = {
  /** Those that wait, newest first; with `replayed`, those that were applied in the end too. */
  list(service: string, options?: { replayed?: boolean; limit?: number }): Promise<DeadLetter[]>
  /** Tries to apply one again; `applied: false` comes with the error of the new attempt. */
  replay(service: string, id: number): Promise<{ applied: boolean; error?: string }>
}

export function createDeadLettersApi(call: Call): DeadLettersApi {
  return {
    list: async (service, { replayed = false, limit } = {}) => {
      const query = { replayed: replayed ? ('true' as const) : ('false' as const), limit }
      return (await call('GET /v1/dead-letters/:service', { params: { service }, query })).deadLetters
    },
    replay: (service, id) => call('POST /v1/dead-letters/:service/:id/replay', { params: { service, id } }),
  }
}
