import type { Call, QueryOf, ResponseOf } from './call.ts'

export type SessionSummary = ResponseOf<'GET /v1/sessions'>['sessions'][number]
type FoundSession = ResponseOf<'GET /v1/sessions/:session'>
export type Session = Omit<FoundSession, 'exchanges' | 'lineage' | 'others' | 'next'>
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
  /**
   * With its first exchanges in order, at most `limit` (1,000 where it is absent; `exchangeCount` says how many it has), and the
   * sessions of the same name of other callers.
   */
  get(session: string, options?: { limit?: number }): Promise<Omit<FoundSession, 'lineage' | 'next'>>
  /** And with what flowed through those exchanges. */
  getLineage(
    session: string,
    options?: { limit?: number },
  ): Promise<Session & { exchanges: Exchange[]; lineage: Lineage }>
  /** Large bodies that lineage is about to read, and those that have long missed pieces. */
  lineageBacklog(): Promise<ResponseOf<'GET /v1/lineage'>>
  /** What the response of an exchange was derived from, or what was derived from it. */
  trace(exchange: string, query?: TraceQuery): Promise<Trace>
}

const pageSize = 500
/** Of exchanges of one session; with lineage fewer, as each says what it was derived from. */
const exchangePages = { plain: 1_000, lineage: 200 }
const usualExchanges = 1_000

export function createSessionsApi(call: Call): SessionsApi {
  async function read(session: string, limit: number, include?: 'lineage') {
    const size = exchangePages[include ?? 'plain']
    const page = (left: number, after?: string) =>
      call('GET /v1/sessions/:session', {
        params: { session },
        query: { include, after, limit: Math.min(left, size) },
      })
    let { next, ...found } = await page(limit)
    const nodes = new Map(found.lineage?.nodes.map((node) => [node.id, node]))
    while (next !== null && found.exchanges.length < limit) {
      const more = await page(limit - found.exchanges.length, next)
      found.exchanges.push(...more.exchanges)
      found.lineage?.edges.push(...(more.lineage?.edges ?? []))
      for (const node of more.lineage?.nodes ?? []) nodes.set(node.id, node)
      next = more.next
    }
    return found.lineage ? { ...found, lineage: { ...found.lineage, nodes: [...nodes.values()] } } : found
  }
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
    async get(session, { limit = usualExchanges } = {}) {
      const { lineage: _, ...found } = await read(session, limit)
      return found
    },
    async getLineage(session, { limit = usualExchanges } = {}) {
      const found = await read(session, limit, 'lineage')
      return { ...found, lineage: found.lineage ?? { nodes: [], edges: [] } }
    },
    lineageBacklog: () => call('GET /v1/lineage'),
    trace: (exchange, query = {}) =>
      call('GET /v1/lineage/exchanges/:exchange', { params: { exchange }, query }),
  }
}
