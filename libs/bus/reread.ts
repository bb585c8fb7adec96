import {
  type AnyEvent,
  controlSchemas,
  eventTypes,
  parseEvent,
  streams,
  trafficSchemas,
} from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import { applyBatch, type Item } from './apply-batch.ts'
import type { Projection } from './projection.ts'

const pageEvents = 500
const pageBytes = 8 * 1024 ** 2

export type RereadStep =
  | { state: 'none' }
  /** All is read that the event store has; more may come, because it has not got all of it yet. */
  | { state: 'waiting' }
  | { state: 'read'; events: AnyEvent[] }

/**
 * Applies a page of what a stream had lost before it was applied, from the event store. Applying twice changes nothing, so it
 * begins earlier than it must, and a page that was interrupted is applied again.
 *
 * What the event store had taken and not stored, when the stream lost it, comes to the stream again from the journal
 * of its ingress; what it had stored a moment later is read here, because this does not end before the event store
 * has applied all that the stream had lost.
 */
export async function rereadPage<Tables>(
  database: Kysely<Tables>,
  projection: Projection<Tables>,
): Promise<RereadStep> {
  const { schema, name } = projection
  const { rows } = await sql<{ after: number | null; isComplete: boolean | null }>`
    select p.reread_after as after, (
      select a.stream_created = p.stream_created and a.floor >= p.reread_floor
      from audit.recorded_positions a where a.projection = ${recorderOf(projection)}) as "isComplete"
    from ${sql.id(schema, 'positions')} p where p.projection = ${name}`.execute(database)
  const row = rows[0]
  if (!row || row.after === null) return { state: 'none' }
  const page = await readPage(database, projection, row.after)
  const last = page.at(-1)
  if (last) {
    const items = page.map(({ event }) => itemOf(event))
    await applyBatch(database, projection, items, { storesPosition: false })
    await sql`update ${sql.id(schema, 'positions')} set reread_after = ${last.position}
      where projection = ${name} and reread_after = ${row.after}`.execute(database)
    return {
      state: 'read',
      events: items.flatMap((item) => (item.kind === 'event' ? [item.delivery.event] : [])),
    }
  }
  if (!row.isComplete) return { state: 'waiting' }
  await sql`update ${sql.id(schema, 'positions')} set reread_after = null, reread_floor = null
    where projection = ${name} and reread_after = ${row.after}`.execute(database)
  return { state: 'none' }
}

/** The projection by which the event store takes the same stream. */
function recorderOf<Tables>({ stream }: Projection<Tables>): string {
  return `audit-${stream.name.toLowerCase()}`
}

function typesOf<Tables>({ stream }: Projection<Tables>): string[] {
  if (stream === streams.traffic) return Object.keys(trafficSchemas)
  if (stream === streams.control) return Object.keys(controlSchemas)
  return Object.values(eventTypes)
}

async function readPage<Tables>(
  database: Kysely<Tables>,
  projection: Projection<Tables>,
  after: number,
): Promise<{ position: number; event: string }[]> {
  const { rows } = await sql<{ position: number; event: string }>`
    with found as (
      select position, event from audit.stored_events
      where position > ${after} and type = any(${typesOf(projection)}::text[])
        and imported = ${projection.stream === streams.imported}
      order by position limit ${pageEvents}),
    sized as (select *, sum(octet_length(event)) over (order by position) as bytes, row_number() over (order by position) as place from found)
    select position, event from sized where bytes <= ${pageBytes} or place = 1 order by position`.execute(
    database,
  )
  return rows
}

function itemOf(json: string): Item {
  const base = {
    subject: 'audit.stored_events',
    streamSequence: 0,
    publishedAtMs: 0,
    payload: Buffer.from(json),
  }
  const event = parseEvent(json)
  return { ...base, eventId: event.id, kind: 'event', delivery: { event, json } }
}

/** A position in the event store before which everything was recorded before `time`. Positions are nearly in order of time. */
export async function positionAt<Tables>(database: Kysely<Tables>, time: Date): Promise<number> {
  const { rows } = await sql<{ first: number | null; last: number | null }>`
    select min(position) as first, max(position) as last from audit.stored_events`.execute(database)
  let [before, until] = [(rows[0]?.first ?? 1) - 1, rows[0]?.last ?? 0]
  while (before < until) {
    const middle = Math.floor((before + until) / 2)
    const found = await sql<{ position: number; isEarlier: boolean }>`
      select position, recorded_at < ${time} as "isEarlier" from audit.stored_events
      where position > ${middle} order by position limit 1`.execute(database)
    const next = found.rows[0]
    if (next?.isEarlier) before = next.position
    else until = middle
  }
  return before
}
