import type { SessionsApi } from '@airs-cp/client'
import { eachWithSdkErrors, withSdkErrors } from './errors.js'
import { instant } from './instant.js'

/** As the API returns it; of one that was asked for by its id see `get`. */
export type Session = { session: string } & Record<string, unknown>

export type FoundSession = Session & {
  exchangeCount: number
  exchanges: ({ exchange: string } & Record<string, unknown>)[]
}

export type SessionSearch = { from?: Date | string; until?: Date | string; limit?: number }

export type Sessions = {
  /** By last activity, newest first; at most `limit`, or all there are. */
  list(search?: SessionSearch): AsyncGenerator<Session>
  /** With its first exchanges in order, at most `limit` (1,000 where it is absent); `exchangeCount` says how many it has. */
  get(id: string, options?: { limit?: number }): Promise<FoundSession>
}

/** @internal */
export function createSessions(api: SessionsApi): Sessions {
  return {
    async *list({ from, until, limit } = {}) {
      yield* eachWithSdkErrors(api.list({ from: instant(from), until: instant(until), limit }))
    },
    get: (id, options) => withSdkErrors(() => api.get(id, options)),
  }
}
