import type { ExchangeState } from '@airs-cp/events'
import type { Generated } from 'kysely'
import type { NodeKind } from './graph/graph-nodes.ts'
import type { Direction } from './graph/read-flows.ts'

/** The schema `lineage`, and the views of the audit schema that its role may read. */
export type LineageTables = {
  'lineage.sessions': {
    /** Its id: its name, or one made of it where another caller's session had that name first. */
    session: string
    /** As the client named it. */
    name: string
    /** Whose it is; empty for a client without a credential. */
    caller: string
    tenant: string
    started_at: string | Date
    last_active_at: string | Date
  }
  'lineage.exchanges': {
    exchange: string
    session: string
    tenant: string
    state: Generated<ExchangeState>
    format: string | null
    path: string | null
    provider: string | null
    /** Of an exchange with an MCP server: its method, and the tool, prompt or resource. */
    operation: string | null
    model: string | null
    stream: boolean | null
    agent: string | null
    tags: string[]
    request_event: string | null
    request_action: string | null
    requested_at: string | Date | null
    outcome_event: string | null
    response_action: string | null
    ended_at: string | Date | null
    status: number | null
    input_tokens: number | null
    output_tokens: number | null
    error_code: string | null
  }
  /** Content that flowed through a session, once however often it was repeated. */
  'lineage.nodes': {
    session: string
    id: string
    kind: NodeKind
    role: string | null
    digest: Buffer
    bytes: number
    name: string | null
    call_id: string | null
    /** A model of this session has written it. */
    generated: boolean
    /** Where it occurred first. */
    exchange: string
    direction: Direction
    position: number
  }
  /** What one side of an exchange said: its nodes in order. `lineage.whole_flows` has them without bases. */
  'lineage.flows': {
    exchange: string
    direction: Direction
    session: string
    /** Exchange of an earlier request of the session, most of which this one repeats; null: all nodes are here. */
    base: string | null
    /** Pairs of a place, counted from 1, and a number of nodes of the base; at place 0 so many of its own come next. */
    ranges: number[] | null
    nodes: string[]
    /** How many requests continue each other up to this one. */
    turn: number
    /** Id of the response, or of the response that a request continues. */
    reference: string | null
    /** How many nodes it had beyond those that are kept. */
    omitted: Generated<number>
  }
  /** Sides of exchanges that wait for the pieces of their bodies. */
  'lineage.pending_flows': {
    event: string
    exchange: string
    session: string
    direction: Direction
    tries: Generated<number>
    try_at: Generated<Date>
  }
  'audit.recorded_events': { position: number; id: string; event: string }
  'audit.recorded_contents': { sha256: string; event_id: string }
}
