import { type Kysely, sql } from 'kysely'
import { type ExportedNode, nodeOf } from '../graph/node-of.ts'
import type { LineageTables } from '../tables.ts'
import { SessionTooLargeError } from './session-too-large.ts'
import { type Calls, type TraceDirection, type TracedExchange, type TraceEdge, trace } from './trace.ts'

type SessionNode = ExportedNode & { session: string }
export type TraceOptions = { direction: TraceDirection; depth: number; limit: number }
export type FoundTrace = {
  session: string
  direction: TraceDirection
  /** Where the trace began. */
  start: string[]
  /** By distance from the start. */
  nodes: (ReturnType<typeof nodeOf<SessionNode>> & { depth: number })[]
  edges: TraceEdge[]
  /** There are more nodes than the limit allowed. */
  truncated: boolean
}

/** A session so large that it would not fit into memory is not traced. */
const maxReferences = 5_000_000

/** From an exchange's response; from its request where there is none. Undefined when there is no such exchange. */
export async function traceExchange(
  database: Kysely<LineageTables>,
  exchange: string,
  options: TraceOptions,
): Promise<FoundTrace | undefined> {
  const found = await database
    .selectFrom('lineage.exchanges')
    .select('session')
    .where('exchange', '=', exchange)
    .executeTakeFirst()
  if (!found) return undefined
  const exchanges = await readExchanges(database, found.session)
  const place = exchanges.findIndex((one) => one.exchange === exchange)
  const { inputs = [], outputs = [] } = exchanges[place] ?? {}
  const nodes = outputs.length > 0 ? outputs : inputs
  const at = options.direction === 'forwards' && outputs.length > 0 ? place + 1 : place
  return find(database, found.session, exchanges, { nodes, at }, options)
}

/** From one node of a session. Undefined when there is no such node. */
export async function traceNode(
  database: Kysely<LineageTables>,
  session: string,
  node: string,
  options: TraceOptions,
): Promise<FoundTrace | undefined> {
  const found = await database
    .selectFrom('lineage.nodes')
    .select('id')
    .where('session', '=', session)
    .where('id', '=', node)
    .executeTakeFirst()
  if (!found) return undefined
  const exchanges = await readExchanges(database, session)
  const at = options.direction === 'backwards' ? exchanges.length : 0
  return find(database, session, exchanges, { nodes: [node], at }, options)
}

/** Where content of a digest occurs, in whichever sessions. */
export async function findNodes(database: Kysely<LineageTables>, digest: string, limit: number) {
  const { rows } = await sql<SessionNode>`
    select * from lineage.exported_nodes n
    where (n.session, n.id) in (select session, id from lineage.nodes where digest = decode(${digest}, 'hex'))
    order by exchange, direction, position limit ${limit}`.execute(database)
  return rows.map(nodeOf<SessionNode>)
}

async function find(
  database: Kysely<LineageTables>,
  session: string,
  exchanges: TracedExchange[],
  start: { nodes: string[]; at: number },
  options: TraceOptions,
): Promise<FoundTrace> {
  const { depths, edges, isTruncated } = trace(exchanges, await readCalls(database, session), start, options)
  const { rows } = await sql<SessionNode>`
    select * from lineage.exported_nodes where session = ${session} and id = any(${[...depths.keys()]}::uuid[])
    order by exchange, direction, position`.execute(database)
  const nodes = rows
    .map((row) => ({ ...nodeOf(row), depth: depths.get(row.id)! }))
    .sort((a, b) => a.depth - b.depth)
  return { session, direction: options.direction, start: start.nodes, nodes, edges, truncated: isTruncated }
}

/** @throws SessionTooLargeError */
async function readExchanges(database: Kysely<LineageTables>, session: string): Promise<TracedExchange[]> {
  const { rows: size } = await sql<{ count: number }>`
    select coalesce(sum(cardinality(nodes)
      + coalesce((select sum(count) from unnest(ranges) with ordinality r (count, at)
        where at % 2 = 0 and ranges[at - 1] <> 0), 0)), 0)::bigint as count
    from lineage.flows where session = ${session}`.execute(database)
  if (size[0]!.count > maxReferences)
    throw new SessionTooLargeError(
      `Session ${session} says ${size[0]!.count} things; at most ${maxReferences} can be traced. Export it: airs export sessions --include-lineage --session ${session}`,
    )
  const { rows } = await sql<{
    exchange: string
    inputs: string[] | null
    outputs: string[] | null
    asked_reference: string | null
    answered_reference: string | null
  }>`
    with flows as materialized (select * from lineage.whole_flows(${session}))
    select e.exchange, asked.nodes as inputs, responded.nodes as outputs, asked.reference as asked_reference,
      responded.reference as answered_reference
    from lineage.exchanges e
      left join flows asked on asked.exchange = e.exchange and asked.direction = 'request'
      left join flows responded on responded.exchange = e.exchange and responded.direction = 'response'
    where e.session = ${session} order by e.requested_at, e.exchange`.execute(database)
  const placeOf = new Map(rows.map(({ answered_reference }, place) => [answered_reference, place]))
  return rows.map(({ exchange, inputs, outputs, asked_reference }) => ({
    exchange,
    inputs: inputs ?? [],
    outputs: outputs ?? [],
    continues: asked_reference === null ? undefined : placeOf.get(asked_reference),
  }))
}

async function readCalls(database: Kysely<LineageTables>, session: string): Promise<Calls> {
  const rows = await database
    .selectFrom('lineage.nodes')
    .select(['id', 'kind', 'call_id'])
    .where('session', '=', session)
    .where('call_id', 'is not', null)
    .execute()
  const idsOf = (kind: string) =>
    new Map(
      [
        ...Map.groupBy(
          rows.filter((row) => row.kind === kind),
          (row) => row.call_id!,
        ),
      ].map(([callId, of]) => [callId, of.map(({ id }) => id)]),
    )
  return {
    calls: idsOf('tool-call'),
    results: idsOf('tool-result'),
    callIdOf: new Map(rows.map(({ id, call_id }) => [id, call_id!])),
  }
}
