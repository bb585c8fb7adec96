import type { Call, QueryOf, ResponseOf } from './call.ts'

export type SessionSummary = ResponseOf<'GET /v1/sessions'>['sessions'][number]
type FoundSession = ResponseOf<'GET /v1/sessions/:session'>
export type Session = Omit<FoundSession, 'exchanges' | 'lineage' | 'others'>
export type Exchange = FoundSession['exchanges'][number]
export type Lineage = FoundSession['lineage'] & {}
/** A piece of content that flowed through a session. */
export type LineageNode = Lineage['nodes'][number]
export type LineageEdge = Lineage['edges'][number]
export type Trace = ResponseOf<'GET /v1/lineage/exchanges/:exchange'>
export type TraceQuery = QueryOf<'GET /v1/lineage/exchanges/:exchange'>

export type SessionQuery = { from?: Date; until?: Date; limit?: number }

export type SessionsApi = {
  /** By last activity, newest first; at most `limit`, or all there are. */
  list(query?: SessionQuery): AsyncGenerator<SessionSummary>
  /** With its exchanges in order, and the sessions of the same name of other callers. */
  get(session: string): Promise<Omit<FoundSession, 'lineage'>>
  /** And with what flowed through it. */
  getLineage(session: string): Promise<Session & { exchanges: Exchange[]; lineage: Lineage }>
  /** Large bodies that lineage is about to read, and those that have long missed pieces. */
  lineageBacklog(): Promise<ResponseOf<'GET /v1/lineage'>>
  /** What the response of an exchange was derived from, or what was derived from it. */
  trace(exchange: string, query?: TraceQuery): Promise<Trace>
}

const pageSize = 500

export function createSessionsApi(call: Call): SessionsApi {
  return {
    async *list({ from, until, limit = Number.POSITIVE_INFINITY } = {}) {
      const range = { from: from?.toISOString(), until: until?.toISOString() }
      let after: string | undefined
      for (let left = limit; left > 0; ) {
        const page = await call('GET /v1/sessions', {
          query: { ...range, after, limit: Math.min(left, pageSize) },
        })
        yield* page.sessions
        if (page.next === null) return
        after = page.next
        left -= page.sessions.length
      }
    },
    get: (session) => call('GET /v1/sessions/:session', { params: { session } }),
    async getLineage(session) {
      const found = await call('GET /v1/sessions/:session', {
        params: { session },
        query: { include: 'lineage' },
      })
      return { ...found, lineage: found.lineage ?? { nodes: [], edges: [] } }
    },
    lineageBacklog: () => call('GET /v1/lineage'),
    trace: (exchange, query = {}) =>
      call('GET /v1/lineage/exchanges/:exchange', { params: { exchange }, query }),
  }
}
