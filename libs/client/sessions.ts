import { pathSegment, type Transport } from './transport.ts'

export type Session = { session: string; tenant: string; started_at: string; last_active_at: string }

export type SessionSummary = Session & {
  /** Number of exchanges by state. */
  exchanges: Record<string, number>
}

export type Exchange = {
  exchange: string
  state: string
  format: string | null
  path: string | null
  provider: string | null
  model: string | null
  stream: boolean | null
  agent: string | null
  tags: string[]
  request_event: string | null
  request_action: string | null
  requested_at: string | null
  outcome_event: string | null
  response_action: string | null
  ended_at: string | null
  status: number | null
  input_tokens: number | null
  output_tokens: number | null
  error_code: string | null
}

/** A piece of content that flowed through a session. */
export type LineageNode = {
  id: string
  /** `message`, `answer`, `reasoning`, `tool-call`, `tool-result` or `source`. */
  kind: string
  role?: string | null
  /** A model of this session has written it. */
  generated: boolean
  /** SHA-256; of plain text, that of its UTF-8 bytes. */
  digest: string
  bytes: number
  name?: string | null
  call_id?: string | null
  /** Where it occurred first. */
  exchange: string
  direction: 'request' | 'response'
  position: number
}

export type LineageEdge = {
  node: string
  derived_from: string[]
  relation: string
  /** The exchange in which it was derived; null for a result and its call. */
  exchange: string | null
}

export type Lineage = { nodes: LineageNode[]; edges: LineageEdge[] }

export type Trace = {
  session: string
  direction: 'backwards' | 'forwards'
  start: string[]
  nodes: (LineageNode & { depth: number })[]
  edges: LineageEdge[]
  truncated: boolean
}

export type TraceQuery = { direction?: 'backwards' | 'forwards'; depth?: number; limit?: number }

export type SessionQuery = { from?: Date; until?: Date; limit?: number }

export type SessionsApi = {
  /** By last activity, newest first; at most `limit`, or all there are. */
  list(query?: SessionQuery): AsyncGenerator<SessionSummary>
  /** With its exchanges in order. */
  get(session: string): Promise<Session & { exchanges: Exchange[] }>
  /** And with what flowed through it. */
  getLineage(session: string): Promise<Session & { exchanges: Exchange[]; lineage: Lineage }>
  /** Large bodies that lineage is about to read, and those that have long missed pieces. */
  lineageBacklog(): Promise<{ pending: number; incomplete: number }>
  /** What the answer of an exchange was derived from, or what was derived from it. */
  trace(exchange: string, query?: TraceQuery): Promise<Trace>
}

const pageSize = 500

export function createSessionsApi({ json }: Transport): SessionsApi {
  return {
    async *list({ from, until, limit = Number.POSITIVE_INFINITY } = {}) {
      const range = { from: from?.toISOString(), until: until?.toISOString() }
      let after: string | undefined
      for (let left = limit; left > 0; ) {
        const page = await json<{ sessions: SessionSummary[]; next: string | null }>('GET', '/v1/sessions', {
          query: { ...range, after, limit: Math.min(left, pageSize) },
        })
        yield* page.sessions
        if (page.next === null) return
        after = page.next
        left -= page.sessions.length
      }
    },
    get: (session) => json('GET', `/v1/sessions/${pathSegment(session)}`),
    getLineage: (session) =>
      json('GET', `/v1/sessions/${pathSegment(session)}`, { query: { include: 'lineage' } }),
    lineageBacklog: () => json('GET', '/v1/lineage'),
    trace: (exchange, query = {}) => json('GET', `/v1/lineage/exchanges/${pathSegment(exchange)}`, { query }),
  }
}
