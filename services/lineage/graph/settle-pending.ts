import type { Delivery } from '@airs-cp/bus'
import {
  type AnyEvent,
  type EventByType,
  eventTypes,
  loadContents,
  parseEvent,
  RecentEvents,
  type RecordedContent,
} from '@airs-cp/events'
import { isTransient } from '@airs-cp/postgres'
import { type Kysely, sql } from 'kysely'
import type { LineageTables } from '../tables.ts'
import { holdOffErasing, notErased } from './erase-graphs.ts'
import { expectedTries } from './expected-tries.ts'
import { type Flow, isPending, readFlow, referencesOf } from './read-flows.ts'
import { storeFlows } from './store-graph.ts'

export const batchSize = 20

/** Bodies that are about to be read, and those whose pieces have not come for long. */
export async function countPending(
  database: Kysely<LineageTables>,
): Promise<{ pending: number; incomplete: number }> {
  const { rows } = await sql<{ pending: number; incomplete: number }>`
    select count(*) filter (where tries < ${expectedTries}) as pending,
      count(*) filter (where tries >= ${expectedTries}) as incomplete from lineage.pending_flows`.execute(
    database,
  )
  return rows[0]!
}

/**
 * Reads bodies that are recorded by reference from the event store, which may get their pieces later than the event that
 * refers to them. Each is read by itself, so that no more than one is in memory, and all that are due are stored in one
 * transaction. Where that fails, each has its own, so that a bad one does not hold up others: what is not whole yet, or cannot
 * be stored, is tried again, after a second at first and after an hour at last.
 * @returns how many were read; a full batch means that there may be more.
 */
export async function settlePending(
  database: Kysely<LineageTables>,
  onProblem: (event: string, error: unknown) => void = () => {},
): Promise<number> {
  recent.forget()
  const due = await database
    .selectFrom('lineage.pending_flows')
    .select(['event'])
    .where('try_at', '<=', sql<Date>`now()`)
    .orderBy('try_at')
    .limit(batchSize)
    .execute()
  const events = due.map(({ event }) => event)
  if (events.length === 0) return 0
  try {
    return await settle(database, events)
  } catch (error) {
    if (isTransient(error)) throw error
  }
  let read = 0
  for (const event of events) {
    try {
      read += await settle(database, [event])
    } catch (error) {
      if (isTransient(error)) throw error
      onProblem(event, error)
      await tryLater(database, event)
    }
  }
  return read
}

/** @returns how many could be read; another process may be at others. */
async function settle(database: Kysely<LineageTables>, events: readonly string[]): Promise<number> {
  return database.transaction().execute(async (transaction) => {
    // First: who erases or drops an exchange deletes it here too, and would wait for this.
    await holdOffErasing(transaction)
    const taken = await transaction
      .selectFrom('lineage.pending_flows')
      .select(['event', 'session'])
      .where('event', 'in', events)
      .orderBy('event')
      .forUpdate()
      .skipLocked()
      .execute()
    const flows: Flow[] = []
    const read: string[] = []
    for (const { event, session } of taken) {
      const flow = await readRecorded(transaction, event)
      if (flow) {
        flows.push({ ...flow, session })
        read.push(event)
      } else await tryLater(transaction, event)
    }
    if (read.length === 0) return 0
    await storeFlows(transaction, await notErased(transaction, flows))
    await transaction.deleteFrom('lineage.pending_flows').where('event', 'in', read).execute()
    return read.length
  })
}

async function tryLater(database: Kysely<LineageTables>, event: string): Promise<void> {
  await database
    .updateTable('lineage.pending_flows')
    .set({
      tries: sql`tries + 1`,
      try_at: sql`now() + least(interval '1 hour', interval '1 second' * power(2, least(tries, 12)))`,
    })
    .where('event', '=', event)
    .execute()
}

/** Undefined while the event or a piece of its body is not in the event store. */
async function readRecorded(database: Kysely<LineageTables>, id: string): Promise<Flow | undefined> {
  const event = (await readEvents(database, [id])).get(id)
  if (!event) return undefined
  const wanted = referencesOf(event)
  const contents = await loadContents(wanted, (some) => findContents(database, some))
  if (wanted.some((sha256) => !contents.has(sha256))) return undefined
  const flow = readFlow(event, (sha256) => contents.get(sha256))
  return flow && !isPending(flow) ? flow : undefined
}

async function findContents(
  database: Kysely<LineageTables>,
  digests: string[],
): Promise<(readonly [sha256: string, content: RecordedContent])[]> {
  const rows = await database
    .selectFrom('audit.recorded_contents')
    .select(['sha256', 'event_id'])
    .where('sha256', 'in', digests)
    .execute()
  const events = await readEvents(
    database,
    rows.map(({ event_id }) => event_id),
  )
  return rows.flatMap(({ sha256, event_id }) => {
    const event = events.get(event_id) as EventByType<typeof eventTypes.contentRecorded> | undefined
    return event ? [[sha256, event.data] as const] : []
  })
}

/** What was applied lately: a body is read soon after its pieces came. */
const recent = new RecentEvents(32 * 1024 ** 2)

/** Spares `settlePending` reading them. */
export function remember(deliveries: readonly Delivery[]): void {
  for (const { event, json } of deliveries)
    if (event.type === eventTypes.contentRecorded || referencesOf(event).length > 0)
      recent.add(event, json.length)
}

async function readEvents(
  database: Kysely<LineageTables>,
  ids: readonly string[],
): Promise<Map<string, AnyEvent>> {
  const known = ids.flatMap((id) => recent.get(id) ?? [])
  const events = new Map(known.map((event) => [event.id, event]))
  const missing = ids.filter((id) => !events.has(id))
  if (missing.length === 0) return events
  const rows = await database
    .selectFrom('audit.recorded_events')
    .select(['id', 'event'])
    .where('id', 'in', missing)
    .execute()
  for (const { id, event } of rows) events.set(id, parseEvent(event))
  return events
}
