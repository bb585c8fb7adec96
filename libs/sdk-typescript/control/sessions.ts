import type { SessionsApi } from '@airs-cp/client'
import { eachWithSdkErrors, withSdkErrors } from './errors.js'
import { instant } from './instant.js'

/** As the API returns it; of one that was asked for by its id with its exchanges in order. */
export type Session = { session: string } & Record<string, unknown>

export type SessionSearch = { from?: Date | string; until?: Date | string; limit?: number }

export type Sessions = {
  /** By last activity, newest first; at most `limit`, or all there are. */
  list(search?: SessionSearch): AsyncGenerator<Session>
  get(id: string): Promise<Session & { exchanges: ({ exchange: string } & Record<string, unknown>)[] }>
}

/** @internal */
export function createSessions(api: SessionsApi): Sessions {
  return {
    async *list({ from, until, limit } = {}) {
      yield* eachWithSdkErrors(api.list({ from: instant(from), until: instant(until), limit }))
    },
    get: (id) => withSdkErrors(() => api.get(id)),
  }
}
