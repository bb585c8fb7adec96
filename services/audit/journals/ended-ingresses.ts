import type { Delivery } from '@airs-cp/bus'
import { eventTypes } from '@airs-cp/events'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { AuditTables, EndedJournal } from '../tables.ts'
import { endedSources } from './journal-owners.ts'

export type OpenExchange = {
  exchange: string
  request_event: string
  session: string | null
  tenant: string
  time: Date
}

/** Notes which ingress processes have ended, and how much each of their journals holds. */
export async function noteEndedIngresses(
  transaction: Transaction<AuditTables>,
  deliveries: Delivery[],
): Promise<void> {
  for (const { event, ingress } of deliveries) {
    if (event.type !== eventTypes.ingressStarted) continue
    const { journals } = event.data
    for (const { journal, lastSequence } of journals)
      await sql`insert into audit.journals as j (journal, committed, seen) values (${journal}, 0, ${lastSequence})
        on conflict (journal) do update set seen = greatest(j.seen, excluded.seen)`.execute(transaction)
    const ended = endedSources(event, ingress)
    if (ended.length === 0) continue
    await transaction
      .insertInto('audit.ended_ingresses')
      .values(ended.map((source) => ({ source, journals: JSON.stringify(journals), ended_at: event.time })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** Ended processes of which everything has arrived, with the exchanges that they left open. */
export async function settledIngresses(
  database: Kysely<AuditTables>,
): Promise<{ source: string; open: OpenExchange[] }[]> {
  const ended = await database.selectFrom('audit.ended_ingresses').selectAll().execute()
  const settled: { source: string; open: OpenExchange[] }[] = []
  for (const { source, journals } of ended) {
    if (!(await allCommitted(database, journals as EndedJournal[]))) continue
    settled.push({ source, open: await openExchanges(database, { source }) })
  }
  return settled
}

export async function forgetIngress(database: Kysely<AuditTables>, source: string): Promise<void> {
  await database.deleteFrom('audit.ended_ingresses').where('source', '=', source).execute()
}

async function allCommitted(database: Kysely<AuditTables>, journals: EndedJournal[]): Promise<boolean> {
  for (const { journal, lastSequence } of journals) {
    const row = await database
      .selectFrom('audit.journals')
      .select('committed')
      .where('journal', '=', journal)
      .executeTakeFirst()
    if ((row?.committed ?? 0) < lastSequence) return false
  }
  return true
}

/** Exchanges without outcome, of one process or older than a time; a page of them. */
export async function openExchanges(
  database: Kysely<AuditTables>,
  filter: { source: string } | { before: Date },
): Promise<OpenExchange[]> {
  let query = database
    .selectFrom('audit.open_exchanges')
    .select(['exchange', 'request_event', 'session', 'tenant', 'time'])
    .orderBy('time')
    .limit(1_000)
  query =
    'source' in filter
      ? query.where('source', '=', filter.source)
      : query.where('time', '<', filter.before.toISOString())
  return (await query.execute()) as unknown as OpenExchange[]
}
