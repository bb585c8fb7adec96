import { instantText, pageSize } from './events.js'
import type { Transport } from './transport.js'

/** As the API returns it; of one that was asked for by its id with its exchanges in order. */
export type Session = { session: string } & Record<string, unknown>

export type SessionSearch = { from?: Date | string; until?: Date | string; limit?: number }

export type Sessions = {
  /** By last activity, newest first; at most `limit`, or all there are. */
  list(search?: SessionSearch): AsyncGenerator<Session>
  get(id: string): Promise<Session & { exchanges: ({ exchange: string } & Record<string, unknown>)[] }>
}

export function createSessions({ json }: Transport): Sessions {
  return {
    async *list({ from, until, limit = Number.POSITIVE_INFINITY } = {}) {
      let after: string | undefined
      for (let left = limit; left > 0; ) {
        const query = {
          from: instantText(from),
          until: instantText(until),
          after,
          limit: Math.min(left, pageSize),
        }
        const page = await json<{ sessions: Session[]; next: string | null }>('GET', '/v1/sessions', {
          query,
        })
        yield* page.sessions
        if (page.next === null) return
        after = page.next
        left -= page.sessions.length
      }
    },
    get: (id) => json('GET', `/v1/sessions/${encodeURIComponent(id)}`),
  }
}
