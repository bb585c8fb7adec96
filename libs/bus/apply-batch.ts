import { type EventByType, type EventType, sha256Hex } from '@airs-cp/events'
import { isTimeout, isTransient } from '@airs-cp/postgres'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Floor } from './floor.ts'
import type { Delivery, Handler, Projection } from './projection.ts'

/** A message of the stream as the projection sees it: readable, unreadable (with the reason), or not subscribed to. */
export type Item = {
  eventId: string
  subject: string
  streamSequence: number
  publishedAtMs: number
  payload: Uint8Array
} & ({ kind: 'event'; delivery: Delivery } | { kind: 'unreadable'; reason: unknown } | { kind: 'ignored' })

export type Applied = { applied: number; buried: { eventId: string; error: unknown }[] }

export type ApplyOptions = {
  /** Whether the position in the stream is stored; not for what does not come from it. */
  storesPosition?: boolean
  /** How far the stream is applied without a gap; it rises with what is committed. */
  floor?: Floor
  /** Whether an event that takes longer than a statement may is tried again, instead of buried. */
  isPatient?: boolean
}

/** The database is an earlier one than that which this process has committed to, such as a standby that was promoted. */
export class DatabasePutBackError extends Error {
  override name = 'DatabasePutBackError'
}

/**
 * Applies items in one transaction together with inbox and position. Where the transaction fails for a reason that
 * will not pass by itself, or takes too long, the halves are tried alone, down to the single event at fault, which is
 * buried as a dead letter.
 * @throws only errors that `isTransient`, or of time; nothing is lost by applying the same items again. And
 * `DatabasePutBackError`; then what was applied before is to be applied again too.
 */
export async function applyBatch<Tables>(
  database: Kysely<Tables>,
  projection: Projection<Tables>,
  items: Item[],
  options: ApplyOptions = {},
): Promise<Applied> {
  const { storesPosition = true, floor, isPatient = false } = options
  try {
    const unreadable = items.filter((item) => item.kind === 'unreadable')
    const { applied, mark } = await database.transaction().execute(async (transaction) => {
      for (const item of unreadable) await bury(transaction, projection, item, item.reason)
      const count = await applyEvents(transaction, projection, items)
      const stored = storesPosition ? await storePosition(transaction, projection, items, floor) : undefined
      return { applied: count, mark: stored }
    })
    floor?.note(items, mark)
    return { applied, buried: unreadable.map(({ eventId, reason }) => ({ eventId, error: reason })) }
  } catch (error) {
    if (isTransient(error) || error instanceof DatabasePutBackError) throw error
    const only = items.length === 1 ? items[0]! : undefined
    if (only) {
      if (isTimeout(error) && isPatient) throw error
      await buryWhatever(database, projection, only, error)
      floor?.note(items)
      return { applied: 0, buried: [{ eventId: only.eventId, error }] }
    }
    const middle = items.length >> 1
    const first = await applyBatch(database, projection, items.slice(0, middle), options)
    const second = await applyBatch(database, projection, items.slice(middle), options)
    return { applied: first.applied + second.applied, buried: [...first.buried, ...second.buried] }
  }
}

async function applyEvents<Tables>(
  transaction: Transaction<Tables>,
  projection: Projection<Tables>,
  items: Item[],
): Promise<number> {
  const events = items.filter((item) => item.kind === 'event')
  if (events.length === 0) return 0
  if ('applyBatch' in projection) {
    await projection.applyBatch(
      transaction,
      events.map((item) => item.delivery),
    )
    return events.length
  }
  const fresh = await enterInbox(transaction as unknown as Transaction<unknown>, projection.schema, events)
  const first = events.filter(({ eventId }) => fresh.delete(eventId))
  await projection.prepare?.(
    transaction,
    first.map(({ delivery }) => delivery.event),
  )
  for (const { delivery } of first) {
    const handler = projection.on[delivery.event.type] as Handler<Tables, EventType> | undefined
    await handler?.(transaction, delivery.event as EventByType<EventType>)
  }
  return events.length
}

/** Ids of the events that are applied here for the first time. */
async function enterInbox(
  transaction: Transaction<unknown>,
  schema: string,
  items: { eventId: string }[],
): Promise<Set<string>> {
  const ids = [...new Set(items.map((item) => item.eventId))]
  const { rows } = await sql<{ event_id: string }>`insert into ${sql.id(schema, 'applied_events')} (event_id)
    select unnest(${ids}::text[]) on conflict do nothing returning event_id`.execute(transaction)
  return new Set(rows.map((row) => row.event_id))
}

/**
 * Each time the row has a later time, whatever the clock says: by that a process knows whether what it committed last is
 * there.
 * @returns that time; undefined where the row is of another stream.
 */
async function storePosition<Tables>(
  database: Kysely<Tables>,
  projection: Projection<Tables>,
  items: Item[],
  floor: Floor | undefined,
): Promise<string | undefined> {
  const { schema, name } = projection
  const sequence = Math.max(...items.map((item) => item.streamSequence))
  const next = floor?.with(items)
  const publishedAt = next?.publishedAtMs === undefined ? null : new Date(next.publishedAtMs)
  const { rows } = await sql<{ mark: string; isPutBack: boolean }>`
    with before as (select updated_at from ${sql.id(schema, 'positions')} where projection = ${name})
    insert into ${sql.id(schema, 'positions')} as p (projection, stream_sequence, floor, floor_published_at)
    values (${name}, ${sequence}, ${next?.sequence ?? 0}, ${publishedAt})
    on conflict (projection) do update
      set stream_sequence = greatest(p.stream_sequence, excluded.stream_sequence), floor = greatest(p.floor, excluded.floor),
        floor_published_at = case when excluded.floor > p.floor then excluded.floor_published_at
          else p.floor_published_at end,
        updated_at = greatest(now(), p.updated_at + interval '1 microsecond')
      where ${floor?.stream ?? null}::text is null or p.stream_created = ${floor?.stream ?? null}
    returning updated_at::text as mark,
      ${floor?.mark ?? null}::timestamptz > coalesce((select updated_at from before), '-infinity') is true as "isPutBack"`.execute(
    database,
  )
  if (rows[0]?.isPutBack) throw new DatabasePutBackError(`${name} finds the database as it was before`)
  return rows[0]?.mark
}

/** @throws `DatabasePutBackError` where what this process committed last is not there. */
export async function checkPosition<Tables>(
  database: Kysely<Tables>,
  { schema, name }: Projection<Tables>,
  { mark }: Floor,
): Promise<void> {
  if (mark === undefined) return
  const { rows } = await sql`select 1 from ${sql.id(schema, 'positions')}
    where projection = ${name} and updated_at >= ${mark}::timestamptz`.execute(database)
  if (rows.length === 0) throw new DatabasePutBackError(`${name} finds the database as it was before`)
}

/** What cannot be buried as it is, is buried by its digest: whatever it contains, it stops nothing else. */
async function buryWhatever<Tables>(
  database: Kysely<Tables>,
  projection: Projection<Tables>,
  item: Item,
  error: unknown,
): Promise<void> {
  try {
    await bury(database, projection, item, error)
  } catch (failure) {
    if (isTransient(failure)) throw failure
    const eventId = `sha256:${sha256Hex(item.payload)}`
    const reason = `${describe(error)}; it cannot be kept either: ${describe(failure)}`.replace(
      /[^\x20-\x7e]/g,
      '?',
    )
    await bury(database, projection, { ...item, eventId, subject: '', payload: Buffer.alloc(0) }, reason)
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

async function bury<Tables>(
  database: Kysely<Tables>,
  { schema, name }: Projection<Tables>,
  { eventId, subject, payload }: Item,
  error: unknown,
): Promise<void> {
  const reason = describe(error)
  await sql`insert into ${sql.id(schema, 'dead_letters')} (projection, event_id, subject, payload, error)
    values (${name}, ${withoutNul(eventId)}, ${withoutNul(subject)}, ${Buffer.from(payload)}, ${withoutNul(reason.slice(0, 4_000))})
    on conflict (projection, event_id) do update
      set error = excluded.error, failed_at = now(), attempts = dead_letters.attempts + 1`.execute(database)
}

/** Postgres takes none in a text. */
function withoutNul(text: string): string {
  return text.replaceAll('\u0000', '\ufffd')
}
