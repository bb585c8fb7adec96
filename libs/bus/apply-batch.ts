import type { EventByType, EventType } from '@airs-cp/events'
import { isTransient } from '@airs-cp/postgres'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Delivery, Handler, Projection } from './projection.ts'
import type { ProjectionTables } from './projection-tables.ts'

/** A message of the stream as the projection sees it: readable, unreadable (with the reason), or not subscribed to. */
export type Item = {
  eventId: string
  subject: string
  streamSequence: number
  payload: Uint8Array
} & ({ kind: 'event'; delivery: Delivery } | { kind: 'unreadable'; reason: unknown } | { kind: 'ignored' })

export type Applied = { applied: number; buried: { eventId: string; error: unknown }[] }

/**
 * Applies items in one transaction together with inbox and position. Where the transaction fails for a reason that
 * will not pass by itself, the halves are tried alone, down to the single event at fault, which is buried as a dead
 * letter.
 * @throws only errors that `isTransient`; nothing is lost by applying the same items again.
 */
export async function applyBatch<Tables>(
  database: Kysely<Tables>,
  projection: Projection<Tables>,
  items: Item[],
  { storesPosition = true }: { storesPosition?: boolean } = {},
): Promise<Applied> {
  try {
    const unreadable = items.filter((item) => item.kind === 'unreadable')
    const applied = await database.transaction().execute(async (transaction) => {
      for (const item of unreadable) await bury(transaction, projection, item, item.reason)
      const count = await applyEvents(transaction, projection, items)
      if (storesPosition) await storePosition(transaction, projection, items)
      return count
    })
    return { applied, buried: unreadable.map(({ eventId, reason }) => ({ eventId, error: reason })) }
  } catch (error) {
    if (isTransient(error)) throw error
    const only = items.length === 1 ? items[0]! : undefined
    if (only) {
      await bury(database, projection, only, error)
      return { applied: 0, buried: [{ eventId: only.eventId, error }] }
    }
    const middle = items.length >> 1
    const first = await applyBatch(database, projection, items.slice(0, middle), { storesPosition })
    const second = await applyBatch(database, projection, items.slice(middle), { storesPosition })
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
  const fresh = await enterInbox(
    transaction as unknown as Transaction<ProjectionTables>,
    projection.schema,
    events,
  )
  for (const { delivery, eventId } of events) {
    if (!fresh.delete(eventId)) continue
    const handler = projection.on[delivery.event.type] as Handler<Tables, EventType> | undefined
    await handler?.(transaction, delivery.event as EventByType<EventType>)
  }
  return events.length
}

/** Ids of the events that are applied here for the first time. */
async function enterInbox(
  transaction: Transaction<ProjectionTables>,
  schema: string,
  items: { eventId: string }[],
): Promise<Set<string>> {
  const ids = [...new Set(items.map((item) => item.eventId))]
  const rows = await transaction
    .withSchema(schema)
    .insertInto('applied_events')
    .values(ids.map((event_id) => ({ event_id })) as never)
    .onConflict((conflict) => conflict.doNothing())
    .returning('event_id')
    .execute()
  return new Set(rows.map((row) => row.event_id))
}

async function storePosition<Tables>(
  database: Kysely<Tables>,
  { schema, name }: Projection<Tables>,
  items: Item[],
): Promise<void> {
  const sequence = Math.max(...items.map((item) => item.streamSequence))
  await sql`insert into ${sql.id(schema, 'positions')} (projection, stream_sequence) values (${name}, ${sequence})
    on conflict (projection) do update
      set stream_sequence = greatest(positions.stream_sequence, excluded.stream_sequence), updated_at = now()`.execute(
    database,
  )
}

async function bury<Tables>(
  database: Kysely<Tables>,
  { schema, name }: Projection<Tables>,
  { eventId, subject, payload }: Item,
  error: unknown,
): Promise<void> {
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  await sql`insert into ${sql.id(schema, 'dead_letters')} (projection, event_id, subject, payload, error)
    values (${name}, ${withoutNul(eventId)}, ${withoutNul(subject)}, ${Buffer.from(payload)}, ${withoutNul(reason.slice(0, 4_000))})
    on conflict (projection, event_id) do update
      set error = excluded.error, failed_at = now(), attempts = dead_letters.attempts + 1`.execute(database)
}

/** Postgres takes none in a text. */
function withoutNul(text: string): string {
  return text.replaceAll('\u0000', '\ufffd')
}
