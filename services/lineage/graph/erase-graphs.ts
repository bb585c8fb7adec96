import type { AnyEvent } from '@airs-cp/events'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { LineageTables } from '../tables.ts'
import { detachFrom } from './continue-flows.ts'

const exchangesAtOnce = 200
const lock = sql`hashtextextended('lineage.erasing', 0)`

/**
 * The events of a batch without what an erasure has removed: `graph` are those whose content is still there, and `all` have
 * no text of a client. For a transaction that holds off erasing.
 */
export async function withoutErased(
  transaction: Transaction<LineageTables>,
  events: AnyEvent[],
): Promise<{ all: AnyEvent[]; graph: AnyEvent[] }> {
  const graph = await notErased(transaction, events)
  if (graph.length === events.length) return { all: events, graph }
  const kept = new Set(graph)
  return { all: events.map((event) => (kept.has(event) ? event : withoutTarget(event))), graph }
}

/** Until the end of the transaction nothing is erased or dropped here. */
export async function holdOffErasing(transaction: Transaction<LineageTables>): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${lock})`.execute(transaction)
}

/** Waits for everybody who applies events, and holds off others. */
export async function holdOffOthers(transaction: Transaction<LineageTables>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lock})`.execute(transaction)
}

export async function notErased<Item extends { exchange?: string | undefined }>(
  transaction: Transaction<LineageTables>,
  items: Item[],
): Promise<Item[]> {
  const exchanges = [...new Set(items.flatMap(({ exchange }) => exchange ?? []))]
  if (exchanges.length === 0) return items
  const { rows } = await sql<{ exchange: string }>`select exchange from audit.recorded_erasures
    where exchange = any(${exchanges}::text[])`.execute(transaction)
  const erased = new Set(rows.map(({ exchange }) => exchange))
  return items.filter(({ exchange }) => exchange === undefined || !erased.has(exchange))
}

/** What a client asked for may stand in its path, and in the name of what it called. */
function withoutTarget(event: AnyEvent): AnyEvent {
  if (!('request' in event.data)) return event
  const { mcp, ...data } = event.data
  return {
    ...event,
    data: {
      ...data,
      request: { ...data.request, path: '' },
      ...(mcp && { mcp: { ...mcp, name: undefined } }),
    },
  } as AnyEvent
}

/**
 * Removes from the graph what the next erased exchanges said. What other exchanges of a session said too stays, as theirs.
 * @returns whether there were any.
 */
export async function eraseGraphs(database: Kysely<LineageTables>): Promise<boolean> {
  const { rows: due } = await sql`select 1 from audit.recorded_erasures
    where number > (select number from lineage.erasures_applied) limit 1`.execute(database)
  if (due.length === 0) return false
  return database.transaction().execute(async (transaction) => {
    await holdOffOthers(transaction)
    const { rows } = await sql<{ number: number; exchange: string }>`
      select number, exchange from audit.recorded_erasures
      where number > (select number from lineage.erasures_applied)
      order by number limit ${exchangesAtOnce}`.execute(transaction)
    const last = rows.at(-1)
    if (!last) return false
    await eraseExchanges(
      transaction,
      rows.map(({ exchange }) => exchange),
    )
    await sql`update lineage.erasures_applied set number = ${last.number}`.execute(transaction)
    return true
  })
}

/** Removes from the graph what exchanges said, and the paths that they asked for. */
export async function eraseExchanges(
  transaction: Transaction<LineageTables>,
  exchanges: string[],
): Promise<void> {
  await sql`update lineage.exchanges set path = null, operation = split_part(operation, ' ', 1)
    where exchange = any(${exchanges}::text[])`.execute(transaction)
  await sql`delete from lineage.pending_flows where exchange = any(${exchanges}::text[])`.execute(transaction)
  const { rows } = await sql<{ session: string }>`
    select distinct session from lineage.flows where exchange = any(${exchanges}::text[])`.execute(
    transaction,
  )
  const sessions = rows.map(({ session }) => session)
  await detachFrom(transaction, sessions, exchanges)
  await eraseNodes(transaction, sessions, exchanges)
}

/**
 * Removes flows, and the nodes that nothing else in their sessions has said; of others, the first to say it may be removed, and so may
 * whoever generated it. No flow is put together: what a flow repeats of its base, its base has said before, and flows that are left
 * build on others that are left. So a node is there, and first there, where a flow lists it itself.
 */
async function eraseNodes(
  transaction: Transaction<LineageTables>,
  sessions: readonly string[],
  exchanges: readonly string[],
): Promise<void> {
  await sql`
    with gone as (
      delete from lineage.flows where exchange = any(${exchanges}::text[]) returning session, nodes),
    touched as materialized (select distinct session, node from gone, unnest(nodes) as node),
    said as materialized (
      select f.session, node, f.exchange, f.direction, f.ranges, place
      from lineage.flows f, unnest(f.nodes) with ordinality as n (node, place)
      where f.session = any(${sessions}::text[]) and not f.exchange = any(${exchanges}::text[])
        and (f.session, node) in (select session, node from touched)),
    left_over as materialized (
      select distinct on (session, node) *, bool_or(direction = 'response') over (partition by session, node) as generated
      from said order by session, node, exchange, direction, place),
    removed as (
      delete from lineage.nodes n using touched t
      where n.session = t.session and n.id = t.node
        and not exists (select from left_over l where l.session = t.session and l.node = t.node))
    update lineage.nodes n
    set exchange = l.exchange, direction = l.direction, position = ${placeInWhole}, generated = l.generated
    from left_over l where n.session = l.session and n.id = l.node
      and (n.exchange = any(${exchanges}::text[]) or n.generated <> l.generated)`.execute(transaction)
}

/** Where the node that a flow `l` lists at `place` (from 1) stands in the whole of it (from 0): behind what the ranges before it take of its base. */
const placeInWhole = sql`l.place - 1 + coalesce((
  select sum(repeated) from (
    select case when l.ranges[at] = 0 then 0 else l.ranges[at + 1] end as repeated,
      sum(case when l.ranges[at] = 0 then l.ranges[at + 1] else 0 end) over (order by at) as listed
    from generate_series(1, cardinality(l.ranges), 2) as at) steps
  where listed < l.place), 0)`
