import { type Kysely, sql } from 'kysely'
import { type ExportedNode, nodeOf } from '../graph/node-of.ts'
import type { LineageTables } from '../tables.ts'
import type { TraceEdge } from './trace.ts'

/** `all`: each piece that was sent with the request. `new`: those that no request before it had sent. */
export type Derivations = 'all' | 'new'

type Asked = {
  exchange: string
  asked: string[]
  newest: string | null
  responded: string[]
}
type Joined = { exchange: string; node: string; derived_from: string[] }

/**
 * The graph of one session. Empty for a session that does not exist. A response comes from the whole conversation before it, so
 * with `all` the graph grows with the square of the session. With `new` it grows as the session does: a response is derived
 * from what its request said first, and from the last piece of a request that said nothing new.
 */
export async function findGraph(
  database: Kysely<LineageTables>,
  session: string,
  derivations: Derivations = 'all',
) {
  const [nodes, asked, called, continued] = await Promise.all([
    readNodes(database, session),
    readAsked(database, session, derivations),
    readCalled(database, session),
    readContinued(database, session),
  ])
  const edges: TraceEdge[] = asked.flatMap(derivations === 'all' ? edgesOf : newEdgesOf())
  const joined = (relation: TraceEdge['relation']) => (one: Joined) => ({
    ...{ node: one.node, derivedFrom: one.derived_from, relation, exchange: one.exchange },
  })
  return {
    nodes: nodes.map((node) => nodeOf(withoutNulls(node))),
    edges: [...called.map(joined('call')), ...continued.map(joined('continuation')), ...edges],
  }
}

/** What a node does not have is left out. */
function withoutNulls(node: ExportedNode): ExportedNode {
  return Object.fromEntries(Object.entries(node).filter(([, value]) => value !== null)) as ExportedNode
}

function edgesOf({ exchange, asked, responded }: Asked): TraceEdge[] {
  const derivedFrom = [...new Set(asked)].sort()
  if (derivedFrom.length === 0) return []
  return [...new Set(responded)].map((node) => ({ node, derivedFrom, relation: 'request', exchange }))
}

function newEdgesOf(): (flow: Asked) => TraceEdge[] {
  const said = new Set<string>()
  return ({ exchange, asked, newest, responded }) => {
    const fresh = [...new Set(asked)].filter((node) => !said.has(node))
    for (const node of fresh) said.add(node)
    const derivedFrom = fresh.length > 0 || newest === null ? fresh : [newest]
    if (derivedFrom.length === 0) return []
    return [...new Set(responded)].map((node) => ({ node, derivedFrom, relation: 'request', exchange }))
  }
}

async function readNodes(database: Kysely<LineageTables>, session: string): Promise<ExportedNode[]> {
  const { rows } = await sql<ExportedNode>`
    select id, kind, role, generated, digest, bytes, name, call_id, exchange, direction, position
    from lineage.exported_nodes where session = ${session}
    order by exchange, direction, position, id`.execute(database)
  return rows
}

/** What was sent and what came of it, in order. Where only what is new is wanted, a history that goes on is not sent again. */
async function readAsked(
  database: Kysely<LineageTables>,
  session: string,
  derivations: Derivations,
): Promise<Asked[]> {
  const { rows } = await sql<Asked>`
    with flows as materialized (select * from lineage.whole_flows(${session})),
    said as (
      select e.exchange, asked.nodes as asked, responded.nodes as responded,
        lag(asked.nodes) over in_order as before, row_number() over in_order as place
      from lineage.exchanges e
        join flows asked on asked.exchange = e.exchange and asked.direction = 'request'
        join flows responded on responded.exchange = e.exchange and responded.direction = 'response'
      where e.session = ${session} and cardinality(responded.nodes) > 0
      window in_order as (order by e.requested_at, e.exchange))
    select exchange, responded, asked[cardinality(asked)] as newest,
      case when ${derivations === 'new'} and asked[1:cardinality(before)] = before
        then asked[cardinality(before) + 1:] else asked end as asked
    from said order by place`.execute(database)
  return rows
}

async function readCalled(database: Kysely<LineageTables>, session: string): Promise<Joined[]> {
  const { rows } = await sql<Joined>`
    select result.exchange, result.id as node, array_agg(call.id order by call.id) as derived_from
    from lineage.nodes result
      join lineage.nodes call on call.session = result.session and call.call_id = result.call_id
        and call.kind = 'tool-call'
    where result.session = ${session} and result.kind = 'tool-result'
    group by result.exchange, result.id order by result.exchange, result.id`.execute(database)
  return rows
}

/** Requests that name the stored response which they continue. */
async function readContinued(database: Kysely<LineageTables>, session: string): Promise<Joined[]> {
  const { rows } = await sql<Joined>`
    select asked.exchange, node, array_agg(distinct derived_from order by derived_from) as derived_from
    from lineage.flows asked
      join lineage.flows responded on responded.exchange = asked.exchange and responded.direction = 'response'
      join lineage.flows continued on continued.session = asked.session and continued.direction = 'response'
        and continued.reference = asked.reference,
      unnest(responded.nodes) node,
      unnest(continued.nodes) derived_from
    where asked.session = ${session} and asked.direction = 'request' and asked.reference is not null
    group by asked.exchange, node order by asked.exchange, node`.execute(database)
  return rows
}
