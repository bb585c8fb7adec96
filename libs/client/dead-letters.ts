import { pathSegment, type Transport } from './transport.ts'

/** The services that keep dead letters: each its own. */
export const deadLetterServices = ['audit', 'lineage', 'policy', 'export'] as const

/** An event that a service could not apply. */
export type DeadLetter = {
  id: number
  projection: string
  eventId: string
  subject: string
  error: string
  failedAt: string
  attempts: number
  /** Null while it waits. */
  replayedAt: string | null
}

export type DeadLettersApi = {
  /** Those that wait, newest first; with `replayed`, those that were applied in the end too. */
  list(service: string, options?: { replayed?: boolean; limit?: number }): Promise<DeadLetter[]>
  /** Tries to apply one again; `applied: false` tells why it failed again. */
  replay(service: string, id: number): Promise<{ applied: boolean; error?: string }>
}

export function createDeadLettersApi({ json }: Transport): DeadLettersApi {
  return {
    list: async (service, { replayed = false, limit } = {}) => {
      const query = { replayed: String(replayed), limit }
      const answer = await json<{ deadLetters: DeadLetter[] }>('GET', pathOf(service), { query })
      return answer.deadLetters
    },
    replay: (service, id) => json('POST', `${pathOf(service)}/${id}/replay`),
  }
}

function pathOf(service: string): string {
  return `/v1/dead-letters/${pathSegment(service)}`
}
