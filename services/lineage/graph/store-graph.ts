import type { AnyEvent } from '@airs-cp/events'
import { type ColumnTypes, insertedRows } from '@airs-cp/postgres'
import { sql, type Transaction } from 'kysely'
import type { LineageTables } from '../tables.ts'
import { type Continued, continueFlows } from './continue-flows.ts'
import type { GraphNode } from './graph-nodes.ts'
import { joinToolCalls } from './join-tool-calls.ts'
import { type Direction, type Flow, isPending, type PendingFlow, readFlow } from './read-flows.ts'

type Database = Transaction<LineageTables>

/**
 * Adds to the graph what a batch of events contains. Idempotent, and the same in whatever order events come: a flow is the
 * whole of what one side of an exchange said, and of a node the first occurrence counts.
 */
export async function storeGraph(database: Database, events: AnyEvent[]): Promise<void> {
  const flows: Flow[] = []
  const pending: PendingFlow[] = []
  for (const event of events) {
    const flow = readFlow(event)
    if (flow) isPending(flow) ? pending.push(flow) : flows.push(flow)
  }
  await storeFlows(database, flows)
  await storePending(database, pending)
}

const flowColumns = {
  exchange: 'text',
  direction: 'text',
  session: 'text',
  base: 'text',
  ranges: 'integer[]',
  nodes: 'uuid[]',
  turn: 'integer',
  reference: 'text',
  omitted: 'integer',
} satisfies ColumnTypes<LineageTables['lineage.flows']>

export async function storeFlows(database: Database, flows: Flow[]): Promise<void> {
  const joined = await joinToolCalls(
    database,
    flows.filter(({ nodes, reference }) => nodes.length > 0 || reference !== null),
  )
  if (joined.length === 0) return
  const continued = await continueFlows(database, distinct(joined, flowKey))
  await storeNodes(database, continued)
  const rows = continued.map(({ flow: { exchange, direction, session, reference, omitted }, stored }) => ({
    ...{ exchange, direction, session, omitted, ...stored },
    reference: reference?.replaceAll('\u0000', '') ?? null,
  }))
  await sql`insert into lineage.flows ${insertedRows(flowColumns, rows)}
    on conflict do nothing`.execute(database)
}

type Occurrence = {
  session: string
  exchange: string
  direction: Direction
  position: number
  node: GraphNode
}

async function storeNodes(database: Database, flows: readonly Continued[]): Promise<void> {
  const first = new Map<string, Occurrence & { generated: boolean }>()
  for (const { flow, known: ofEarlier } of flows) {
    const { session, exchange, direction, nodes } = flow
    for (const [position, node] of nodes.entries()) {
      if (ofEarlier.has(node.id)) continue
      const occurrence = { session, exchange, direction, position, node }
      const key = `${node.id} ${session}`
      const known = first.get(key)
      const generated = known?.generated || direction === 'response'
      first.set(key, { ...(known && isBefore(known, occurrence) ? known : occurrence), generated })
    }
  }
  const rows = [...first.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { session, exchange, direction, position, generated, node }]) => ({
      session,
      id: node.id,
      kind: node.kind,
      role: node.role,
      digest: node.digest,
      bytes: node.bytes,
      name: node.name,
      call_id: node.callId,
      generated,
      exchange,
      direction,
      position,
    }))
  if (rows.length === 0) return
  await insertNodes(database, rows)
}

const nodeColumns = {
  session: 'text',
  id: 'uuid',
  kind: 'text',
  role: 'text',
  digest: 'bytea',
  bytes: 'bigint',
  name: 'text',
  call_id: 'text',
  generated: 'boolean',
  exchange: 'text',
  direction: 'text',
  position: 'integer',
} satisfies ColumnTypes<LineageTables['lineage.nodes']>

/** A node that is known and was seen before, as repeated history is, is left as it stands. */
async function insertNodes(database: Database, rows: LineageTables['lineage.nodes'][]): Promise<void> {
  const isEarlier = sql<boolean>`(excluded.exchange, excluded.direction, excluded.position) < (n.exchange, n.direction, n.position)`
  await sql`insert into lineage.nodes as n ${insertedRows(nodeColumns, rows)}
    on conflict (session, id) do update set
      generated = n.generated or excluded.generated,
      exchange = case when ${isEarlier} then excluded.exchange else n.exchange end,
      direction = case when ${isEarlier} then excluded.direction else n.direction end,
      position = case when ${isEarlier} then excluded.position else n.position end
    where (excluded.generated and not n.generated) or ${isEarlier}`.execute(database)
}

async function storePending(database: Database, flows: PendingFlow[]): Promise<void> {
  const rows = distinct(flows, ({ event }) => event).map(({ event, exchange, session, direction }) => ({
    event,
    exchange,
    session,
    direction,
  }))
  if (rows.length === 0) return
  await database
    .insertInto('lineage.pending_flows')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

function flowKey({ exchange, direction }: Pick<Flow, 'exchange' | 'direction'>): string {
  return `${exchange} ${direction}`
}

/** Sorted, so that two writers do not wait for each other in a circle. */
function distinct<Item>(items: Item[], key: (item: Item) => string): Item[] {
  const byKey = new Map(items.map((item) => [key(item), item]))
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
}

function isBefore(a: Occurrence, b: Occurrence): boolean {
  if (a.exchange !== b.exchange) return a.exchange < b.exchange
  if (a.direction !== b.direction) return a.direction < b.direction
  return a.position <= b.position
}
