import { eventTypes, outcomeTypes } from '@airs-cp/events'
import { type Kysely, type SqlBool, sql } from 'kysely'
import type { AuditTables } from './tables.ts'

export type EventQuery = {
  from?: Date
  until?: Date
  type?: string
  session?: string
  exchange?: string
  limit: number
  /** Newest first unless `ascending`. */
  order: 'ascending' | 'descending'
  /** Position after which (in the chosen order) to go on. */
  after?: number
}

export type FoundEvent = { position: number; id: string; type: string; event: string }

/** A page of recorded events, each as its exact text: by arrival, and by their time where a range is asked for. */
export async function findEvents(database: Kysely<AuditTables>, query: EventQuery): Promise<FoundEvent[]> {
  const ascending = query.order === 'ascending'
  const direction = ascending ? 'asc' : 'desc'
  const byTime = query.from !== undefined || query.until !== undefined
  let select = database
    .selectFrom('audit.events')
    .select(['position', 'id', 'type', 'event'])
    .limit(query.limit)
  select = byTime
    ? select.orderBy('time', direction).orderBy('id', direction)
    : select.orderBy('position', direction)
  if (query.from) select = select.where('time', '>=', query.from.toISOString())
  if (query.until) select = select.where('time', '<', query.until.toISOString())
  if (query.type) select = select.where('type', '=', query.type)
  if (query.session) select = select.where('session', '=', query.session)
  if (query.exchange) select = select.where('exchange', '=', query.exchange)
  const { after } = query
  if (after === undefined) return select.execute()
  const comparison = ascending ? '>' : '<'
  if (!byTime) return select.where('position', comparison, after).execute()
  return select
    .where(
      sql<SqlBool>`(time, id) ${sql.raw(comparison)} (select time, id from audit.events where position = ${after})`,
    )
    .execute()
}

/** The exact text of one event. */
export async function findEvent(database: Kysely<AuditTables>, id: string): Promise<string | undefined> {
  const row = await database
    .selectFrom('audit.events')
    .select('event')
    .where(sql<boolean>`id = ${id}::uuid`)
    .executeTakeFirst()
  return row?.event
}

const realOutcomes = outcomeTypes.filter((type) => type !== eventTypes.exchangeAbandoned)

/** Of an event `e` in SQL: an exchange was closed because no outcome came, and none has come since. */
export const isAbandoned = sql`e.type = ${eventTypes.exchangeAbandoned} and not exists (
  select from audit.events o where o.exchange = e.exchange and o.type = any(${realOutcomes}::text[]))`

/** More exchanges than this are not counted for a metric. */
const mostCounted = 100_000

/** Exchanges without an outcome, and those that were closed because none came; bounded, for whoever asks often. */
export async function countUnfinished(
  database: Kysely<AuditTables>,
): Promise<{ openExchanges: number; abandonedExchanges: number }> {
  const { rows } = await sql<{ open: number; abandoned: number }>`
    select (select count(*) from (select 1 from audit.open_exchanges limit ${mostCounted}) o) as open,
      (select count(*) from (
        select 1 from audit.events e where ${isAbandoned} limit ${mostCounted}) a) as abandoned`.execute(
    database,
  )
  return { openExchanges: rows[0]!.open, abandonedExchanges: rows[0]!.abandoned }
}

export type EventCounts = { events: number; openExchanges: number; abandonedExchanges: number }

/** Counting more than these exactly would take longer than a page may. */
const mostCountedExactly = 200_000

/** Counts by the planner's statistics once there are that many events, exactly before that. */
export async function countEvents(database: Kysely<AuditTables>): Promise<EventCounts> {
  const { rows } = await sql<{ events: number }>`
    select case when estimate > ${mostCountedExactly} then estimate else (select count(*) from audit.events) end as events
    from (select reltuples::bigint as estimate from pg_class where oid = 'audit.events'::regclass) statistics`.execute(
    database,
  )
  return { events: rows[0]!.events, ...(await countExchanges(database)) }
}

async function countExchanges(database: Kysely<AuditTables>): Promise<Omit<EventCounts, 'events'>> {
  const { rows } = await sql<{ open: number; abandoned: number }>`
    select
      (select count(*) from audit.open_exchanges) as open,
      (select count(*) from audit.events e where ${isAbandoned}) as abandoned`.execute(database)
  return { openExchanges: rows[0]!.open, abandonedExchanges: rows[0]!.abandoned }
}
