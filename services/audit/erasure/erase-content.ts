import { contentTypes, factsFormat, isUuid } from '@airs-cp/events'
import { factsOf, factsSalt } from '@airs-cp/evidence'
import { underLock } from '@airs-cp/postgres'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { AuditTables } from '../tables.ts'

/** Under this lock words are indexed and content is erased, one at a time: what was read before it goes is not indexed after. */
export const wordsLock = 'audit.words'

const exchangesAtOnce = 50

/** An event has no leaf yet: the log must come first, so that what is left is proven. */
export class NotInLogError extends Error {
  override name = 'NotInLogError'
}

type Found = {
  position: number
  id: string
  exchange: string
  journal: string | null
  sequence: number | null
  time: Date
  bytes: number
  inLog: boolean
}

export type ErasedPage = {
  exchanges: number
  /** Highest sequence by journal. */
  journals: Map<string, number>
  /** Digests of the pieces of content that went. */
  gone: string[]
}

/** How an event begins whose content is gone. */
const factsStart = `{"facts":"${factsFormat}"`

/**
 * Erases the content of the next exchanges of an erasure: events, salts, pieces of content that no other exchange uses, and
 * what the event store has derived of them.
 * @throws NotInLogError
 */
export function erasePage(database: Kysely<AuditTables>, erasure: string): Promise<ErasedPage> {
  return underLock(database, wordsLock, async (transaction) => {
    const exchanges = await nextExchanges(transaction, erasure)
    if (exchanges.length === 0) return { exchanges: 0, journals: new Map(), gone: [] }
    const { gone, shared } = await divideContents(transaction, exchanges)
    const events = await findEvents(transaction, exchanges, gone, shared)
    await replaceEvents(transaction, events)
    await forgetContents(transaction, exchanges, gone)
    await forgetDerived(transaction, exchanges)
    const journals = await notePurge(transaction, events)
    await noteErased(transaction, { erasure, exchanges, events, shared: shared.length })
    return { exchanges: exchanges.length, journals, gone }
  })
}

async function nextExchanges(transaction: Transaction<AuditTables>, erasure: string): Promise<string[]> {
  const rows = await transaction
    .selectFrom('audit.erased_exchanges')
    .select('exchange')
    .where('erasure', '=', erasure)
    .where('erased_at', 'is', null)
    .orderBy('number')
    .limit(exchangesAtOnce)
    .forUpdate()
    .execute()
  return rows.map(({ exchange }) => exchange)
}

/**
 * Of the pieces that these exchanges use, and of those that they are made of: those that nobody else uses, and those that somebody else
 * uses, or that a piece is made of which somebody else uses.
 */
async function divideContents(
  transaction: Transaction<AuditTables>,
  exchanges: string[],
): Promise<{ gone: string[]; shared: string[] }> {
  const { rows } = await sql<{ sha256: string; isShared: boolean }>`
    with used as materialized (
      select array(select audit.pieces_within(array(
        select distinct sha256 from audit.content_uses where exchange = any(${exchanges}::text[])))) as digests)
    select a.sha256, bool_or(exists (
      select from audit.content_uses other
      where other.sha256 = a.around and other.within is null
        and not exists (select from audit.erased_exchanges x where x.exchange = other.exchange))) as "isShared"
    from used, audit.pieces_around(digests) a group by a.sha256`.execute(transaction)
  const of = (isShared: boolean) =>
    rows.filter((row) => row.isShared === isShared).map(({ sha256 }) => sha256)
  return { gone: of(false), shared: of(true) }
}

/** Events with content of these exchanges, without pieces that are shared; with pieces that are gone, whoever recorded them. */
async function findEvents(
  transaction: Transaction<AuditTables>,
  exchanges: string[],
  gone: string[],
  shared: string[],
): Promise<Found[]> {
  const { rows } = await sql<Found>`
    with kept as (select event_id from audit.content_uses where holds and sha256 = any(${shared}::text[])),
    wanted as (
      select id from audit.events where exchange = any(${exchanges}::text[])
        and type = any(${[...contentTypes]}::text[]) and id not in (select event_id from kept)
      union select event_id from audit.content_uses where holds and sha256 = any(${gone}::text[]))
    select e.position, e.id, e.exchange, e.journal, e.sequence, e.time, octet_length(e.event) as bytes, l.position is not null as "inLog"
    from wanted join audit.events e using (id) left join audit.log_leaves l
      on l.position = e.position and l.generation = (select max(generation) from audit.logs)
    where left(e.event, ${factsStart.length}) <> ${factsStart}
    order by e.position`.execute(transaction)
  const waiting = rows.find(({ inLog }) => !inLog)
  if (waiting) throw new NotInLogError(`Event ${waiting.id} is not in the transparency log yet`)
  return rows
}

const bytesAtOnce = 8 * 1024 ** 2

/** @throws where an event is not what its leaf commits to: somebody changed it, and what is left would prove nothing. */
async function replaceEvents(transaction: Transaction<AuditTables>, events: Found[]): Promise<void> {
  for (let from = 0; from < events.length; ) {
    let bytes = 0
    let to = from
    do bytes += events[to++]!.bytes
    while (to < events.length && bytes + events[to]!.bytes <= bytesAtOnce)
    await replacePage(transaction, events.slice(from, to))
    from = to
  }
}

type Opening = { exchange?: string; data: { request?: { path: string }; mcp?: { method?: string } } }

async function replacePage(transaction: Transaction<AuditTables>, events: Found[]): Promise<void> {
  const { rows } = await sql<{ position: number; event: string; salt: Buffer | null }>`
    select e.position, e.event, l.salt from audit.events e join audit.log_leaves l on l.position = e.position
    where l.generation = (select max(generation) from audit.logs)
      and e.position = any(${events.map(({ position }) => position)}::bigint[])`.execute(transaction)
  const facts = rows.map(({ event, salt }) => (salt ? factsOf(JSON.parse(event), salt) : ''))
  const salts = Buffer.concat(rows.map(({ salt }) => (salt ? factsSalt(salt) : Buffer.alloc(32))))
  const { rows: done } = await sql<{ position: number }>`
    select erase_content as position from audit.erase_content(
      ${rows.map(({ position }) => position)}::bigint[], ${facts}::text[], ${salts}::bytea)`.execute(
    transaction,
  )
  const replaced = new Set(done.map(({ position }) => position))
  const left = events.find(({ position }) => !replaced.has(position))
  if (left)
    throw new Error(
      `Event ${left.id} is not what its leaf commits to: it was changed after it was recorded. Check it: airs prove ${left.id}`,
    )
  // What a client asked for may stand in a query, and in the name of what it called.
  const openings = facts
    .map((text) => JSON.parse(text) as Opening)
    .filter(({ data, exchange }) => data.request && exchange !== undefined)
  await sql`update audit.exchanges x set path = nullif(f.path, ''), operation = f.operation
    from unnest(${openings.map(({ exchange }) => exchange!)}::text[], ${openings.map(({ data }) => data.request!.path)}::text[],
      ${openings.map(({ data }) => data.mcp?.method ?? null)}::text[]) as f (exchange, path, operation)
    where x.exchange::text = f.exchange and x.exchange = any(${openings.map(({ exchange }) => exchange!).filter(isUuid)}::uuid[])`.execute(
    transaction,
  )
}

async function forgetContents(
  transaction: Transaction<AuditTables>,
  exchanges: string[],
  gone: string[],
): Promise<void> {
  await sql`delete from audit.contents where sha256 = any(${gone}::text[])`.execute(transaction)
  // What a piece is made of that stays goes on being used by it.
  await sql`delete from audit.content_uses
    where sha256 = any(${gone}::text[]) or exchange = any(${exchanges}::text[]) and not holds and within is null
      or within = any(${gone}::text[])
        and exchange in (select exchange from audit.content_uses where holds and sha256 = any(${gone}::text[]))`.execute(
    transaction,
  )
}

async function forgetDerived(transaction: Transaction<AuditTables>, exchanges: string[]): Promise<void> {
  const ids = exchanges.filter(isUuid)
  await sql`delete from audit.exchange_words where exchange = any(${ids}::uuid[])`.execute(transaction)
  await sql`delete from audit.words_pending where exchange = any(${ids}::uuid[])`.execute(transaction)
}

async function notePurge(
  transaction: Transaction<AuditTables>,
  events: Found[],
): Promise<Map<string, number>> {
  const journals = new Map<string, number>()
  for (const { journal, sequence } of events)
    if (journal !== null && sequence !== null)
      journals.set(journal, Math.max(sequence, journals.get(journal) ?? 0))
  for (const [journal, purge] of journals) await askToPurge(transaction, journal, purge)
  return journals
}

async function askToPurge(database: Kysely<AuditTables>, journal: string, purge: number): Promise<void> {
  await sql`update audit.journals set purge = greatest(purge, ${purge}), updated_at = now()
    where journal = ${journal}`.execute(database)
}

/**
 * Has ingresses forget which content they have recorded, before any of it goes: what they record from then on refers to none
 * of it. @returns the journals that are concerned, and whether any content is.
 */
export async function announcePurge(
  transaction: Transaction<AuditTables>,
  erasure: string,
): Promise<{ journals: string[]; hasContents: boolean }> {
  const { rows } = await sql<{ journal: string; purge: number }>`
    select journal, max(sequence) as purge from audit.events
    where journal is not null and exchange in (
      select exchange from audit.erased_exchanges where erasure = ${erasure} and erased_at is null)
    group by journal`.execute(transaction)
  for (const { journal, purge } of rows) await askToPurge(transaction, journal, purge)
  const { rows: used } = await sql<{ hasContents: boolean }>`select exists (
    select from audit.content_uses u join audit.erased_exchanges x using (exchange)
    where x.erasure = ${erasure} and x.erased_at is null) as "hasContents"`.execute(transaction)
  return { journals: rows.map(({ journal }) => journal), hasContents: used[0]!.hasContents }
}

async function noteErased(
  transaction: Transaction<AuditTables>,
  {
    erasure,
    exchanges,
    events,
    shared,
  }: { erasure: string; exchanges: string[]; events: Found[]; shared: number },
): Promise<void> {
  await sql`update audit.erased_exchanges set erased_at = now() where exchange = any(${exchanges}::text[])`.execute(
    transaction,
  )
  const others = [...new Set(events.map(({ exchange }) => exchange))].filter(
    (exchange) => !exchanges.includes(exchange),
  )
  if (others.length > 0)
    await sql`insert into audit.erased_pieces (exchange, erasure) select exchange, ${erasure}
      from unnest(${others}::text[]) exchange on conflict do nothing`.execute(transaction)
  const times = events.map(({ time }) => time.getTime())
  const [first, last] =
    times.length > 0 ? [new Date(Math.min(...times)), new Date(Math.max(...times))] : [null, null]
  await sql`update audit.erasures set events = events + ${events.length}, shared_contents = shared_contents + ${shared},
      purge_due = purge_due or ${events.length > 0},
      purges_all = purges_all or ${others.length > 0},
      first_time = least(first_time, ${first}::timestamptz), last_time = greatest(last_time, ${last}::timestamptz)
    where id = ${erasure}`.execute(transaction)
}
