import type { Delivery } from '@airs-cp/bus'
import {
  type AnyEvent,
  contentBytes,
  type EventByType,
  eventTypes,
  outcomeTypes,
  sha256Hex,
} from '@airs-cp/events'
import { type ColumnTypes, insertedRows } from '@airs-cp/postgres'
import { sql, type Transaction } from 'kysely'
import { indexChanges } from './changes/index-changes.ts'
import { noteContentUses } from './erasure/content-uses.ts'
import { eraseLatecomers, holdOffSelection, noteErasures } from './erasure/erasures.ts'
import { noteEndedIngresses } from './journals/ended-ingresses.ts'
import { claimJournals } from './journals/journal-owners.ts'
import { advanceJournals, noteLostRanges } from './journals/journals.ts'
import { noteHolds } from './retention/holds.ts'
import { noteRetention } from './retention/rules.ts'
import { indexExchanges } from './search/index-exchanges.ts'
import { noteLateContents, remember } from './search/index-words.ts'
import type { AuditTables } from './tables.ts'

const outcomes: ReadonlySet<string> = new Set(outcomeTypes)

/**
 * Stores a batch of events with their exact bytes. Idempotent: the event's id is the key, and (journal, sequence) is
 * one too.
 * @throws when another event with the same place in a journal is already there, or the journal is another ingress's; that is never passed over.
 */
export async function storeEvents(
  transaction: Transaction<AuditTables>,
  deliveries: Delivery[],
): Promise<void> {
  await claimJournals(transaction, deliveries)
  await holdOffSelection(transaction)
  const stored = await insertEvents(transaction, deliveries)
  const fresh = deliveries.filter(({ event }) => stored.has(event.id))
  if (fresh.length < deliveries.length) await refuseImpostors(transaction, deliveries, stored)
  const events = fresh.map(({ event }) => event)
  await indexContents(transaction, events)
  await indexExchanges(transaction, events)
  await indexChanges(transaction, events)
  await noteErasures(transaction, events)
  await noteHolds(transaction, events)
  await noteRetention(transaction, events)
  await eraseLatecomers(transaction, events)
  await followExchanges(transaction, events)
  await noteEndedIngresses(transaction, fresh)
  await noteLostRanges(transaction, events)
  await advanceJournals(transaction, events)
  remember(fresh)
}

/** In no JSON, which has it escaped. In an array of texts, every quote of an event would be escaped and read again. */
const betweenEvents = '\u001e'

export async function insertEvents(
  transaction: Transaction<AuditTables>,
  deliveries: Delivery[],
): Promise<Set<string>> {
  const column = (
    name: 'id' | 'type' | 'tenant' | 'session' | 'exchange' | 'journal' | 'sequence' | 'time',
  ) => deliveries.map(({ event }) => event[name] ?? null)
  const { rows } = await sql<{ id: string }>`
    insert into audit.events (id, type, tenant, session, exchange, journal, sequence, time, event)
    select * from rows from (
      unnest(${column('id')}::uuid[], ${column('type')}::text[], ${column('tenant')}::text[], ${column('session')}::text[],
        ${column('exchange')}::text[], ${column('journal')}::text[], ${column('sequence')}::bigint[], ${column('time')}::timestamptz[]),
      string_to_table(${deliveries.map(({ json }) => json).join(betweenEvents)}, ${betweenEvents})) as stored
    on conflict do nothing returning id`.execute(transaction)
  return new Set(rows.map((row) => row.id))
}

/** What was not stored must be there already, under its own id. */
export async function refuseImpostors(
  transaction: Transaction<AuditTables>,
  deliveries: Delivery[],
  stored: Set<string>,
): Promise<void> {
  const missing = deliveries.filter(({ event }) => !stored.has(event.id))
  const rows = await transaction
    .selectFrom('audit.events')
    .select('id')
    .where(
      'id',
      'in',
      missing.map(({ event }) => event.id),
    )
    .execute()
  const known = new Set(rows.map((row) => row.id))
  const impostor = missing.find(({ event }) => !known.has(event.id))
  if (impostor)
    throw new Error(
      `Event ${impostor.event.id} claims place ${impostor.event.sequence} of journal ${impostor.event.journal}, which another event holds`,
    )
}

/**
 * An event that says another digest than its bytes have is stored, as what it is, and found by nobody. The bytes of a piece that is made of
 * others may come later: whoever reads it compares the digest.
 */
function isGenuine({ data }: EventByType<typeof eventTypes.contentRecorded>): boolean {
  return data.parts !== undefined || sha256Hex(contentBytes(data)) === data.sha256
}

export async function indexContents(
  transaction: Transaction<AuditTables>,
  events: AnyEvent[],
): Promise<void> {
  await noteContentUses(transaction, events)
  const contents = events.filter((event) => event.type === eventTypes.contentRecorded).filter(isGenuine)
  if (contents.length === 0) return
  const fresh = await transaction
    .insertInto('audit.contents')
    .values(contents.map(({ id, data }) => ({ sha256: data.sha256, event_id: id })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('sha256')
    .execute()
  if (fresh.length > 0)
    await noteLateContents(
      transaction,
      fresh.map(({ sha256 }) => sha256),
    )
}

const openExchange = {
  exchange: 'text',
  request_event: 'uuid',
  session: 'text',
  journal: 'text',
  tenant: 'text',
  source: 'text',
  time: 'timestamptz',
} satisfies ColumnTypes<AuditTables['audit.open_exchanges']>

/** Keeps track of exchanges that wait for their outcome, in whichever order request and outcome arrive. */
async function followExchanges(transaction: Transaction<AuditTables>, events: AnyEvent[]): Promise<void> {
  const closed = new Set(events.filter((event) => outcomes.has(event.type)).map((event) => event.exchange!))
  const opened = events.filter(
    (event) => event.type === eventTypes.requestReceived && !closed.has(event.exchange!),
  )
  if (opened.length > 0) {
    const rows = opened.map((event) => ({
      exchange: event.exchange!,
      request_event: event.id,
      session: event.session ?? null,
      journal: event.journal ?? null,
      tenant: event.tenant,
      source: event.source,
      time: event.time,
    }))
    await sql`insert into audit.open_exchanges ${insertedRows(openExchange, rows)}
      on conflict do nothing`.execute(transaction)
    for (const exchange of await endedBefore(transaction, opened)) closed.add(exchange)
  }
  if (closed.size > 0)
    await sql`delete from audit.open_exchanges where exchange = any(${[...closed]}::text[])`.execute(
      transaction,
    )
}

/** Exchanges whose outcome was stored before their request. */
async function endedBefore(transaction: Transaction<AuditTables>, opened: AnyEvent[]): Promise<string[]> {
  const { rows } = await sql<{ exchange: string }>`
    select exchange from unnest(${opened.map((event) => event.exchange!)}::text[]) opened (exchange)
    where exists (select from audit.events e
      where e.exchange = opened.exchange and e.type = any(${[...outcomeTypes]}::text[]) offset 0)`.execute(
    transaction,
  )
  return rows.map(({ exchange }) => exchange)
}
