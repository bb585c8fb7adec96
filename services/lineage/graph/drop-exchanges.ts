import { firstIdAt, uuidPattern } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import type { LineageTables } from '../tables.ts'
import { eraseExchanges, holdOffOthers } from './erase-graphs.ts'

const exchangesAtOnce = 200

/**
 * Removes the next exchanges whose events were dropped from the event store. Ids of exchanges are in the order of time, so those of
 * before the end of a drop are looked at, and those that the event store does not know any more go, each session with its last one.
 * @returns whether there is more to do.
 */
export async function dropExchanges(database: Kysely<LineageTables>): Promise<boolean> {
  const { rows: due } = await sql<{ number: number; until: Date }>`
    select number, recorded_until as until from audit.completed_drops
    where number > (select number from lineage.drops_applied) order by number limit 1`.execute(database)
  const drop = due[0]
  if (!drop) return false
  return database.transaction().execute(async (transaction) => {
    await holdOffOthers(transaction)
    const { rows } = await sql<{ exchange: string; isGone: boolean }>`
      select exchange, not exists (
        select from audit.recorded_exchanges r
        where r.exchange = case when e.exchange ~ ${uuidPattern} then e.exchange::uuid end) as "isGone"
      from lineage.exchanges e
      where exchange > (select after from lineage.drops_applied) and exchange < ${firstIdAt(new Date(drop.until))}
        and exchange ~ ${uuidPattern}
      order by exchange limit ${exchangesAtOnce}`.execute(transaction)
    const gone = rows.filter(({ isGone }) => isGone).map(({ exchange }) => exchange)
    if (gone.length > 0) {
      await eraseExchanges(transaction, gone)
      const { rows: deleted } = await sql<{ session: string }>`
        delete from lineage.exchanges where exchange = any(${gone}::text[]) returning session`.execute(
        transaction,
      )
      const sessions = [...new Set(deleted.map(({ session }) => session))]
      await sql`delete from lineage.sessions s where session = any(${sessions}::text[])
        and not exists (select from lineage.exchanges e where e.session = s.session)`.execute(transaction)
    }
    const last = rows.at(-1)
    if (last) {
      await sql`update lineage.drops_applied set after = ${last.exchange}`.execute(transaction)
      return true
    }
    // What was recorded under another session first has left one behind.
    await sql`delete from lineage.sessions s where last_active_at < ${new Date(drop.until).toISOString()}::timestamptz
      and not exists (select from lineage.exchanges e where e.session = s.session)`.execute(transaction)
    await sql`update lineage.drops_applied set number = ${drop.number}, after = ''`.execute(transaction)
    return true
  })
}
