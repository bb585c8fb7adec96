import { eventTypes, firstIdAt, isUuid } from '@airs-cp/events'
import { underLock } from '@airs-cp/postgres'
import { type Kysely, sql, type Transaction } from 'kysely'
import { wordsLock } from '../erasure/erase-content.ts'
import { holdOffSelection } from '../erasure/erasures.ts'
import type { ExchangeRow } from '../search/exchange-rows.ts'
import { forgetValues } from '../search/index-exchanges.ts'
import { labelNumber, labelValues } from '../search/labels.ts'
import type { AuditTables } from '../tables.ts'
import { forgetKept, isTraffic } from './plan-drop.ts'

const eventsAtOnce = 2_000

/** Whether a drop `d` that is under way takes an event `e`, as `audit.drop_events` has it. */
export const isToDrop = sql<boolean>`(e.position <= d.until_position and e.recorded_at < d.recorded_until
  and ${isTraffic}
  and not exists (select from audit.drop_kept k where k.drop_number = d.number and k.position = e.position))`

/**
 * Deletes the next events of a drop, with what they led to, in one transaction.
 * @returns how many there were; after the last ones, none.
 */
export function dropPage(database: Kysely<AuditTables>, number: number): Promise<number> {
  return underLock(database, wordsLock, async (transaction) => {
    await holdOffSelection(transaction)
    const { rows } = await sql<{ event_id: string; exchange: string | null }>`
      select event_id, exchange from audit.drop_events(${number}, ${eventsAtOnce})`.execute(transaction)
    if (rows.length === 0) {
      await forgetKept(transaction, number)
      await sweepLabels(transaction, number)
      await sql`update audit.drops set state = 'dropped', completed_at = now() where number = ${number}`.execute(
        transaction,
      )
      await forgetValues(transaction)
      return 0
    }
    const events = rows.map(({ event_id }) => event_id)
    await sql`delete from audit.contents where sha256 in (
      select sha256 from audit.content_uses where event_id = any(${events}::uuid[]) and holds)
      and event_id = any(${events}::uuid[])`.execute(transaction)
    await sql`delete from audit.content_uses u using unnest(${events}::uuid[]) gone where u.event_id = gone`.execute(
      transaction,
    )
    await sql`delete from audit.imported_events where event_id = any(${events}::uuid[])`.execute(transaction)
    await forgetExchanges(transaction, [...new Set(rows.flatMap(({ exchange }) => exchange ?? []))])
    return rows.length
  })
}

/** What is derived of exchanges goes with the last of their events; pieces of content that others use may be left. */
async function forgetExchanges(transaction: Transaction<AuditTables>, exchanges: string[]): Promise<void> {
  const { rows } = await sql<{ exchange: string; hasContent: boolean }>`
    select gone as exchange, exists (select from audit.events e where e.exchange = gone) as "hasContent"
    from unnest(${exchanges}::text[]) gone
    where not exists (select from audit.events e where e.exchange = gone and e.type <> ${eventTypes.contentRecorded})`.execute(
    transaction,
  )
  const gone = rows.map(({ exchange }) => exchange)
  const whole = rows.filter(({ hasContent }) => !hasContent).map(({ exchange }) => exchange)
  await sql`
    with gone as (
      delete from audit.erased_exchanges where exchange = any(${whole}::text[]) returning erasure)
    update audit.erasures e set dropped_exchanges = dropped_exchanges + of_it.count
    from (select erasure, count(*) as count from gone group by erasure) of_it where e.id = of_it.erasure`.execute(
    transaction,
  )
  await sql`delete from audit.erased_pieces where exchange = any(${whole}::text[])`.execute(transaction)
  await sql`delete from audit.open_exchanges where exchange = any(${gone}::text[])`.execute(transaction)
  const ids = gone.filter(isUuid)
  const { rows: found } =
    await sql<ExchangeRow>`delete from audit.exchanges where exchange = any(${ids}::uuid[])
    returning *`.execute(transaction)
  const labels = found.flatMap((row) =>
    Object.entries(labelValues(row)).flatMap(([kind, values]) =>
      values.map((value) => ({ label: labelNumber(kind as 'session', value), exchange: row.exchange })),
    ),
  )
  // One look into the index for each: as a join, Postgres reads all labels of the store for every page.
  await sql`delete from audit.exchange_labels where ctid = any(array(
    select found.ctid
    from unnest(${labels.map(({ label }) => label)}::bigint[], ${labels.map(({ exchange }) => exchange)}::uuid[]) as gone (label, exchange),
      lateral (select l.ctid from audit.exchange_labels l
        where l.label = gone.label and l.exchange = gone.exchange offset 0) found))`.execute(transaction)
  await sql`delete from audit.exchange_words where exchange = any(${ids}::uuid[])`.execute(transaction)
  await sql`delete from audit.words_pending where exchange = any(${ids}::uuid[])`.execute(transaction)
}

/** Labels of what one event of an exchange said, and another one said differently: its row does not have them. */
async function sweepLabels(transaction: Transaction<AuditTables>, number: number): Promise<void> {
  const { recorded_until } = await transaction
    .selectFrom('audit.drops')
    .select('recorded_until')
    .where('number', '=', number)
    .executeTakeFirstOrThrow()
  const values = await transaction.selectFrom('audit.search_values').selectAll().execute()
  const labels = values.map(({ kind, value }) => labelNumber(kind as 'session', value))
  await sql`delete from audit.exchange_labels where ctid = any(array(
    select found.ctid
    from unnest(${labels}::bigint[]) as known,
      lateral (select l.ctid, l.exchange from audit.exchange_labels l
        where l.label = known and l.exchange < ${firstIdAt(new Date(recorded_until))}::uuid offset 0) found
    where (select x.exchange from audit.exchanges x where x.exchange = found.exchange limit 1) is null))`.execute(
    transaction,
  )
}
