import { type AnyEvent, type EventByType, eventTypes, openingTypes, outcomeTypes } from '@airs-cp/events'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { AuditTables } from '../tables.ts'

export type Erasure = Awaited<ReturnType<typeof findErasure>> & {}

const lock = sql`hashtextextended('audit.erasing', 0)`

/** From here to the end of the transaction no exchanges are chosen for erasure: who stores events sees all that were. */
export async function holdOffSelection(transaction: Transaction<AuditTables>): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${lock})`.execute(transaction)
}

/** Waits for everybody who stores events, and holds off others. */
export async function holdOffStoring(transaction: Transaction<AuditTables>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lock})`.execute(transaction)
}

/** Notes erasures that were asked for. */
export async function noteErasures(
  transaction: Transaction<AuditTables>,
  events: readonly AnyEvent[],
): Promise<void> {
  const requested = events.filter(
    (event): event is EventByType<typeof eventTypes.erasureRequested> =>
      event.type === eventTypes.erasureRequested,
  )
  for (const { id: event_id, time, data } of requested) {
    const { erasureId: id, selection, before, reason, actor } = data
    await transaction
      .insertInto('audit.erasures')
      .values({
        ...{ id, event_id, before, reason, actor, requested_at: time },
        selection: JSON.stringify(selection),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** What an exchange is known by, and so chosen by. */
const datingTypes: readonly string[] = [...openingTypes, ...outcomeTypes]

/**
 * Events that came after the content of their exchange was erased, or of an exchange that an erasure was about, are erased too.
 * `holdOffSelection` comes before.
 */
export async function eraseLatecomers(
  transaction: Transaction<AuditTables>,
  events: readonly AnyEvent[],
): Promise<void> {
  const exchanges = [...new Set(events.flatMap(({ exchange }) => exchange ?? []))]
  if (exchanges.length === 0) return
  const earliest = events
    .filter(({ type }) => datingTypes.includes(type))
    .reduce<string | null>((least, { time }) => (least === null || time < least ? time : least), null)
  // Who erases one of them at this moment has not seen these events: that ends first, or begins when these are stored.
  await sql`select from audit.erased_exchanges where exchange = any(${exchanges}::text[])
    order by number for update`.execute(transaction)
  await sql`
    with again as (
      update audit.erased_exchanges set erased_at = null
      where exchange = any(${exchanges}::text[]) and erased_at is not null returning erasure)
    update audit.erasures set state = 'selecting', selected_at = null, completed_at = null
    where state <> 'selecting' and (id in (select erasure from again) or before >= ${earliest}::timestamptz)`.execute(
    transaction,
  )
}

export function findErasure(database: Kysely<AuditTables>, id: string) {
  return withExchanges(database).where('e.id', '=', id).executeTakeFirst()
}

export function listErasures(database: Kysely<AuditTables>, limit: number) {
  return withExchanges(database)
    .orderBy('e.requested_at', 'desc')
    .orderBy('e.id', 'desc')
    .limit(limit)
    .execute()
}

function withExchanges(database: Kysely<AuditTables>) {
  return database
    .selectFrom('audit.erasures as e')
    .selectAll('e')
    .select([
      sql<number>`dropped_exchanges + (select count(*) from audit.erased_exchanges x where x.erasure = e.id)`.as(
        'exchanges',
      ),
      sql<number>`dropped_exchanges
        + (select count(*) from audit.erased_exchanges x where x.erasure = e.id and erased_at is not null)`.as(
        'erased',
      ),
    ])
}

/** The erasure that an exchange's content went with; undefined where it has not. */
export function findErasureOf(database: Kysely<AuditTables>, exchange: string) {
  return database
    .selectFrom('audit.erased_exchanges as x')
    .innerJoin('audit.erasures as e', 'e.id', 'x.erasure')
    .select(['e.id', 'e.reason', 'e.actor', 'e.requested_at', 'x.erased_at'])
    .where('x.exchange', '=', exchange)
    .executeTakeFirst()
}
