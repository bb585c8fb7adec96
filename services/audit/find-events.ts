import { type Kysely, sql } from 'kysely'
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

export type FoundEvent = { position: number; event: string }

/** A page of recorded events by arrival, each as its exact text. */
export async function findEvents(database: Kysely<AuditTables>, query: EventQuery): Promise<FoundEvent[]> {
  const ascending = query.order === 'ascending'
  let select = database
    .selectFrom('audit.events')
    .select(['position', 'event'])
    .orderBy('position', ascending ? 'asc' : 'desc')
    .limit(query.limit)
  if (query.from) select = select.where('time', '>=', query.from.toISOString())
  if (query.until) select = select.where('time', '<', query.until.toISOString())
  if (query.type) select = select.where('type', '=', query.type)
  if (query.session) select = select.where('session', '=', query.session)
  if (query.exchange) select = select.where('exchange', '=', query.exchange)
  if (query.after !== undefined) select = select.where('position', ascending ? '>' : '<', query.after)
  return select.execute()
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

export async function countEvents(
  database: Kysely<AuditTables>,
): Promise<{ events: number; openExchanges: number }> {
  const { rows } = await sql<{ events: number; open_exchanges: number }>`
    select count(*) as events, (select count(*) from audit.open_exchanges) as open_exchanges
    from audit.events`.execute(database)
  return { events: rows[0]!.events, openExchanges: rows[0]!.open_exchanges }
}
