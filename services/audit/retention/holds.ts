import { type AnyEvent, type ErasureSelection, eventTypes } from '@airs-cp/events'
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import { exchangesOf } from '../erasure/select-exchanges.ts'
import type { AuditTables } from '../tables.ts'

export type Hold = NonNullable<Awaited<ReturnType<typeof findHold>>>

/** As far as Postgres and ISO 8601 agree: a hold is on exchanges to come, too. */
const endOfTime = new Date('9999-12-31T00:00:00Z')

/**
 * Notes holds that were placed and released. What an erasure has passed over because of a hold, it takes up again when the hold is
 * released.
 */
export async function noteHolds(
  transaction: Transaction<AuditTables>,
  events: readonly AnyEvent[],
): Promise<void> {
  for (const { id: event_id, type, time, data } of events) {
    if (type === eventTypes.holdPlaced) {
      const { holdId: id, selection, reason, actor } = data
      await transaction
        .insertInto('audit.holds')
        .values({
          ...{ id, event_id, reason, actor, placed_at: time },
          selection: JSON.stringify(selection),
          ...{ released_at: null, released_by: null, release_reason: null },
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    } else if (type === eventTypes.holdReleased) {
      const { holdId, reason, actor } = data
      await sql`update audit.holds set released_at = ${time}, released_by = ${actor}, release_reason = ${reason}
        where id = ${holdId} and released_at is null`.execute(transaction)
      await sql`update audit.erasures set state = 'selecting', selected_at = null, completed_at = null
        where held > 0 and state <> 'selecting'`.execute(transaction)
    }
  }
}

export function findHold(database: Kysely<AuditTables>, id: string) {
  return database.selectFrom('audit.holds').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Those that hold, newest first, and then those that were released. */
export function listHolds(database: Kysely<AuditTables>, limit: number): Promise<Hold[]> {
  return database
    .selectFrom('audit.holds')
    .selectAll()
    .orderBy(sql`released_at is null`, 'desc')
    .orderBy('placed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** Exchanges (`exchange`, as text) that are on hold now; undefined where there is no hold. */
export async function heldExchanges(
  database: Kysely<AuditTables>,
): Promise<RawBuilder<{ exchange: string }> | undefined> {
  const holds = await database
    .selectFrom('audit.holds')
    .select('selection')
    .where('released_at', 'is', null)
    .execute()
  if (holds.length === 0) return undefined
  return sql.join(
    holds.map(({ selection }) => exchangesUnder(selection)),
    sql` union all `,
  ) as RawBuilder<{ exchange: string }>
}

/** Exchanges that a hold with this selection is on. */
function exchangesUnder(selection: ErasureSelection): RawBuilder<{ exchange: string }> {
  return exchangesOf(selection, endOfTime)
}

/** How many exchanges a hold is on now, and of how many of them the content is gone already. */
export async function countUnder(
  database: Kysely<AuditTables>,
  selection: ErasureSelection,
): Promise<{ exchanges: number; erasedExchanges: number }> {
  const { rows } = await sql<{ exchanges: number; erasedExchanges: number }>`
    select count(*) as exchanges, count(erased_at) as "erasedExchanges"
    from (${exchangesUnder(selection)}) held left join audit.erased_exchanges using (exchange)`.execute(
    database,
  )
  return rows[0]!
}

export async function isAnythingHeld(database: Kysely<AuditTables>): Promise<boolean> {
  const { rows } = await sql`select from audit.holds where released_at is null limit 1`.execute(database)
  return rows.length > 0
}
