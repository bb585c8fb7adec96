import { contentBytes, type EventByType, type eventTypes, parseEvent, sha256Hex } from '@airs-cp/events'
import { isTransient } from '@airs-cp/postgres'
import { type Kysely, sql } from 'kysely'
import { type Flow, isPending, readFlow, referencesOf } from './read-flows.ts'
import { storeFlows } from './store-graph.ts'
import type { LineageTables } from './tables.ts'

export const batchSize = 20

/** After so many tries, some minutes, a body is not expected to become whole any more. */
const expectedTries = 8

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
 * refers to them. One that is not whole yet is tried again, after a second at first and after an hour at last.
 * @returns how many were read; a full batch means that there may be more.
 */
export async function settlePending(database: Kysely<LineageTables>): Promise<number> {
  return database.transaction().execute(async (transaction) => {
    const due = await transaction
      .selectFrom('lineage.pending_flows')
      .select(['event'])
      .where('try_at', '<=', sql<Date>`now()`)
      .orderBy('try_at')
      .limit(batchSize)
      .forUpdate()
      .skipLocked()
      .execute()
    if (due.length === 0) return 0
    const read: Flow[] = []
    const settled: string[] = []
    for (const { event } of due) {
      const flow = await readRecorded(transaction, event).catch(passOverUnreadable)
      if (!flow) continue
      read.push(flow)
      settled.push(event)
    }
    await storeFlows(transaction, read)
    const waiting = due.map(({ event }) => event).filter((event) => !settled.includes(event))
    if (settled.length > 0)
      await transaction.deleteFrom('lineage.pending_flows').where('event', 'in', settled).execute()
    if (waiting.length > 0)
      await transaction
        .updateTable('lineage.pending_flows')
        .set({
          tries: sql`tries + 1`,
          try_at: sql`now() + least(interval '1 hour', interval '1 second' * power(2, least(tries, 12)))`,
        })
        .where('event', 'in', waiting)
        .execute()
    return settled.length
  })
}

/** A body whose pieces do not make it up waits like one that is not whole; it does not hold up others. */
function passOverUnreadable(error: unknown): undefined {
  if (isTransient(error) || !(error instanceof Error) || 'code' in error) throw error
  return undefined
}

/** Undefined while the event or a piece of its body is not in the event store. */
async function readRecorded(database: Kysely<LineageTables>, id: string): Promise<Flow | undefined> {
  const row = await database
    .selectFrom('audit.recorded_events')
    .select('event')
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) return undefined
  const event = parseEvent(row.event)
  const wanted = referencesOf(event)
  const contents = await findContents(database, wanted)
  if (wanted.some((sha256) => !contents.has(sha256))) return undefined
  const flow = readFlow(event, (sha256) => contents.get(sha256))
  return flow && !isPending(flow) ? flow : undefined
}

async function findContents(
  database: Kysely<LineageTables>,
  digests: string[],
): Promise<Map<string, Buffer>> {
  if (digests.length === 0) return new Map()
  const rows = await database
    .selectFrom('audit.recorded_contents as c')
    .innerJoin('audit.recorded_events as e', 'e.id', 'c.event_id')
    .select(['c.sha256', 'e.event'])
    .where('c.sha256', 'in', digests)
    .execute()
  return new Map(
    rows.flatMap(({ sha256, event }) => {
      const { data } = parseEvent(event) as EventByType<typeof eventTypes.contentRecorded>
      const bytes = contentBytes(data)
      return sha256Hex(bytes) === sha256 ? [[sha256, bytes] as const] : []
    }),
  )
}
