import type { Delivery } from '@airs-cp/bus'
import { eventTypes, openingTypes, outcomeTypes, RecentEvents, uuidPattern } from '@airs-cp/events'
import { findsPlainWords, indexedWords, plainWords, underLock } from '@airs-cp/postgres'
import { type Kysely, sql, type Transaction } from 'kysely'
import { wordsLock } from '../erasure/erase-content.ts'
import type { AuditTables } from '../tables.ts'
import { bodiesToIndex, newTexts } from './conversation.ts'
import { blockSize } from './find-exchanges.ts'
import { readContents, readExchanges } from './recorded-bodies.ts'

const batchSize = 200

/** What was stored lately and is not indexed yet, which is mostly done soon after it came; pieces may belong to later exchanges too. */
const recent = new RecentEvents(32 * 1024 ** 2)
const isIndexed: ReadonlySet<string> = new Set([...openingTypes, ...outcomeTypes, eventTypes.contentRecorded])

/** Whether the database of this process finds words as `plainWords` does; undefined before it was asked. */
let isPlain: boolean | undefined

/** Spares `indexWords` reading them; it looks whether they are stored. */
export function remember(deliveries: readonly Delivery[]): void {
  for (const { event, json } of deliveries) if (isIndexed.has(event.type)) recent.add(event, json.length)
}

/** Has exchanges indexed again that had ended before these pieces of what was said in them came. */
export async function noteLateContents(
  transaction: Transaction<AuditTables>,
  digests: readonly string[],
): Promise<void> {
  // One look into an index for each: as a join, Postgres reads all uses of the store for every batch.
  await sql`insert into audit.words_pending
    select distinct ended.exchange from audit.pieces_around(${digests}::text[]) a,
      lateral (select u.exchange from audit.content_uses u
        where u.sha256 = a.around and not u.holds and u.within is null offset 0) used,
      lateral (select e.exchange from audit.exchanges e
        where e.exchange = case when used.exchange ~ ${uuidPattern} then used.exchange::uuid end
          and e.state <> 'open' offset 0) ended`.execute(transaction)
}

/**
 * Indexes what was said in exchanges that have ended, oldest first. Each gets the next number, and among its words `#` and
 * the number of its block, so that words can be searched for in a range of blocks.
 * @returns how many; a full batch means that there may be more.
 */
export async function indexWords(database: Kysely<AuditTables>, limit = batchSize): Promise<number> {
  recent.forget()
  return underLock(database, wordsLock, async (transaction) => {
    const { rows } = await sql<{ exchange: string }>`
      delete from audit.words_pending where ctid = any(array(
        select ctid from audit.words_pending limit ${limit} for update skip locked))
      returning exchange`.execute(transaction)
    if (rows.length === 0) return 0
    const exchanges = [...new Set(rows.map(({ exchange }) => exchange))]
    const events = await readExchanges(transaction, exchanges, recent)
    isPlain ??= await findsPlainWords(transaction)
    const said: { exchange: string; text: string | null; words: string | null }[] = []
    for (const [exchange, of] of events) {
      // One after the other: the bodies of two hundred together have no bound.
      const bodies = bodiesToIndex(of)
      const contents = await readContents(transaction, Object.values(bodies), recent)
      const text = indexedWords(newTexts(of, bodies, contents).toWellFormed().replaceAll('\0', ' '))
      const words = isPlain ? (plainWords(text) ?? null) : null
      said.push({ exchange, text: words === null ? text : null, words })
    }
    await sql`delete from audit.exchange_words where exchange = any(${exchanges}::uuid[])`.execute(
      transaction,
    )
    await sql`insert into audit.exchange_words (number, exchange, words) overriding system value
      select number, exchange,
        coalesce(words::tsvector, to_tsvector('simple', text)) || array_to_tsvector(array['#' || number / ${blockSize}::bigint])
      from (select nextval(pg_get_serial_sequence('audit.exchange_words', 'number')) as number, exchange, text, words
        from unnest(${said.map(({ exchange }) => exchange)}::uuid[], ${said.map(({ text }) => text)}::text[],
          ${said.map(({ words }) => words)}::text[]) as said (exchange, text, words)) numbered`.execute(
      transaction,
    )
    for (const { opening, outcome } of events.values())
      for (const event of [opening, outcome]) if (event) recent.drop(event.id)
    return rows.length
  })
}
