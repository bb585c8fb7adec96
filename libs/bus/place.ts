import { type Kysely, sql } from 'kysely'
import { askJetStream } from './ask-jetstream.ts'
import type { Bus } from './connect.ts'
import type { Projection } from './projection.ts'
import { positionAt } from './reread.ts'

/** What a projection has noted about its stream, in the transactions in which it applied it. */
export type StoredPlace = {
  /** The highest sequence that it applied. */
  position: number
  /** Up to here it applied all. */
  floor: number
  /** When the message at the floor was published. */
  floorPublishedAtMs: number | undefined
  /** Of which stream, by when that was created; undefined where an earlier version has noted the position. */
  streamCreated: string | undefined
}

export type StreamState = {
  created: string
  firstSequence: number
  lastSequence: number
  /** When the first message that it still has was published; undefined where it has none. */
  firstPublishedAtMs?: number | undefined
}

export type Place = {
  /** Up to here all is applied. */
  floor: number
  /** The consumer is to begin again, after this sequence. */
  beginAfter?: number
  /** Why it is to begin again. */
  reason?: string
  /** Whether the stream has lost, or may have lost, what is not applied. */
  hasLost: boolean
}

/**
 * Where a projection stands, when its database, its stream and its consumer may have been lost or put back each by
 * itself.
 *
 * | database        | stream                   | then                                                          |
 * |-----------------|--------------------------|---------------------------------------------------------------|
 * | knows no stream | whichever                | from the beginning; what the stream has no more is read again |
 * | knows another   | was lost and made again  | the same                                                      |
 * | put back        | acknowledged further on  | begins again after the floor                                  |
 * | as it was       | begins after the floor + 1 | what the stream has discarded meanwhile is read again       |
 *
 * @param acknowledged up to where JetStream knows that all is acknowledged.
 */
export function placeOf(stored: StoredPlace | undefined, stream: StreamState, acknowledged: number): Place {
  const lacks = (floor: number) => floor + 1 < stream.firstSequence
  if (!stored) {
    const again = acknowledged > 0 && { beginAfter: 0, reason: 'its database is new' }
    return { floor: 0, ...again, hasLost: lacks(0) }
  }
  if (stored.streamCreated === undefined) {
    if (stored.position > stream.lastSequence) return { floor: acknowledged, hasLost: false }
    if (acknowledged <= stored.position) return { floor: acknowledged, hasLost: false }
    const beginAfter = stored.position
    return { floor: beginAfter, beginAfter, reason: 'its database was put back', hasLost: lacks(beginAfter) }
  }
  if (!isSameStream(stored, stream, acknowledged)) {
    const again = acknowledged > 0 && { beginAfter: 0, reason: 'its database is older than the stream' }
    return { floor: 0, ...again, hasLost: true }
  }
  const { floor } = stored
  if (acknowledged <= floor) return { floor, hasLost: lacks(floor) }
  return { floor, beginAfter: floor, reason: 'its database was put back', hasLost: lacks(floor) }
}

/**
 * A stream that was changed says another time of creation once its server has started again (nats-server 2.9): then it is the same one
 * where its consumer goes on, and it has what was applied since before. What is in a stream that was made again was published later.
 */
function isSameStream(stored: StoredPlace, stream: StreamState, acknowledged: number): boolean {
  if (stored.streamCreated === stream.created) return true
  if (stored.streamCreated === undefined) return false
  const { floor, position, floorPublishedAtMs } = stored
  const { firstSequence, lastSequence, firstPublishedAtMs } = stream
  if (floorPublishedAtMs === undefined || firstPublishedAtMs === undefined || acknowledged === 0) return false
  return firstSequence <= floor && position <= lastSequence && firstPublishedAtMs <= floorPublishedAtMs
}

/**
 * Finds a projection's place and notes it. What the stream has lost before it was applied is marked to be read again from
 * the event store.
 * @param isPutBack whether what was acknowledged says nothing about this database.
 * @throws when Postgres or JetStream does not respond.
 */
export async function takePlace<Tables>(
  bus: Bus,
  database: Kysely<Tables>,
  projection: Projection<Tables>,
  isPutBack = false,
): Promise<Place & { streamCreated: string; publishedAtMs: number | undefined }> {
  const { name, stream } = projection
  const manager = await askJetStream(bus)
  const { created, state } = await manager.streams.info(stream.name)
  const { ack_floor: acknowledged } = await manager.consumers.info(stream.name, name)
  const stored = await findPlace(database, projection)
  const streamState = {
    created,
    firstSequence: state.first_seq,
    lastSequence: state.last_seq,
    firstPublishedAtMs: state.messages > 0 ? Date.parse(String(state.first_ts)) : undefined,
  }
  const acknowledgedTo = isPutBack ? Number.POSITIVE_INFINITY : acknowledged.stream_seq
  const place = placeOf(stored, streamState, acknowledgedTo)
  const isSame = stored !== undefined && isSameStream(stored, streamState, acknowledgedTo)
  if (stored?.streamCreated !== created) await notePlace(database, projection, place, created, isSame)
  if (place.hasLost && projection.rereads)
    await markLost(database, projection, stored?.floorPublishedAtMs, isSame ? state.first_seq - 1 : 0)
  return { ...place, streamCreated: created, publishedAtMs: stored?.floorPublishedAtMs }
}

async function findPlace<Tables>(
  database: Kysely<Tables>,
  { schema, name }: Projection<Tables>,
): Promise<StoredPlace | undefined> {
  const { rows } = await sql<{
    position: number
    floor: number
    published_at: Date | null
    stream_created: string | null
  }>`
    select stream_sequence as position, floor, floor_published_at as published_at, stream_created
    from ${sql.id(schema, 'positions')} where projection = ${name}`.execute(database)
  const row = rows[0]
  return (
    row && {
      position: row.position,
      floor: row.floor,
      floorPublishedAtMs: row.published_at?.getTime(),
      streamCreated: row.stream_created ?? undefined,
    }
  )
}

/**
 * A position in another stream says nothing about this one; in the same one it stays. Whatever stream comes next, all of it is published
 * later than what was applied: so much is known until something of it is applied.
 */
async function notePlace<Tables>(
  database: Kysely<Tables>,
  { schema, name }: Projection<Tables>,
  { floor }: Place,
  created: string,
  isSame: boolean,
): Promise<void> {
  if (isSame)
    await sql`update ${sql.id(schema, 'positions')} set stream_created = ${created} where projection = ${name}`.execute(
      database,
    )
  else
    await sql`insert into ${sql.id(schema, 'positions')} (projection, stream_sequence, floor, stream_created)
    values (${name}, ${floor}, ${floor}, ${created})
    on conflict (projection) do update set stream_sequence = excluded.floor, floor = excluded.floor,
      stream_created = excluded.stream_created, updated_at = now()`.execute(database)
}

/** Clocks of NATS and Postgres may differ by so much. */
const slackMs = 5 * 60_000

/**
 * Marks what the event store recorded since a time as not applied.
 * @param sinceMs when the last message was published that is known to be applied; without it, everything is read again.
 * @param upTo sequence up to which the stream has lost messages.
 */
export async function markLost<Tables>(
  database: Kysely<Tables>,
  { schema, name }: Projection<Tables>,
  sinceMs: number | undefined,
  upTo: number,
): Promise<void> {
  const after = sinceMs === undefined ? 0 : await positionAt(database, new Date(sinceMs - slackMs))
  await sql`update ${sql.id(schema, 'positions')} set reread_after = least(reread_after, ${after}::bigint),
    reread_floor = greatest(reread_floor, ${upTo}::bigint) where projection = ${name}`.execute(database)
}
