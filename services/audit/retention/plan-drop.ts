import { eventTypes, outcomeTypes, uuidv7 } from '@airs-cp/events'
import { type DropRecord, dropText } from '@airs-cp/manifest'
import { type Kysely, sql } from 'kysely'
import { lastDayOver } from '../erasure/retain-content.ts'
import { findPublished, rootAt } from '../log/read-tree.ts'
import type { AuditTables } from '../tables.ts'
import { heldExchanges } from './holds.ts'

/** The events of a day that the store took: those behind `after` up to `until`, by their positions. */
export type DayOfEvents = { day: string; recordedUntil: Date; after: number; until: number }

const dayMs = 24 * 3_600_000

/** The first day that was not dropped yet and is over its time; undefined where there is none. */
export async function nextDay(
  database: Kysely<AuditTables>,
  metadataDays: number,
): Promise<DayOfEvents | undefined> {
  const before = await database
    .selectFrom('audit.drops')
    .select('until_position')
    .orderBy('until_position', 'desc')
    .limit(1)
    .executeTakeFirst()
  const after = before?.until_position ?? 0
  const first = await eventFrom(database, after + 1)
  if (!first || first.recordedAt >= lastDayOver(metadataDays)) return undefined
  const start = new Date(Math.floor(first.recordedAt.getTime() / dayMs) * dayMs)
  const recordedUntil = new Date(start.getTime() + dayMs)
  return {
    day: start.toISOString().slice(0, 10),
    recordedUntil,
    after,
    until: await lastBefore(database, first.position, recordedUntil),
  }
}

/** A day that was dropped before, of which something was kept that can go now; undefined where there is none. */
export async function nextRest(database: Kysely<AuditTables>): Promise<DayOfEvents | undefined> {
  const { rows } = await sql<{ day: string; recorded_until: Date; after: number; until: number }>`
    select day::text as day, recorded_until, after_position as after, until_position as until
    from (select distinct on (until_position) * from audit.drops order by until_position, number desc) newest
    where kept > 0 order by until_position`.execute(database)
  for (const { recorded_until, ...range } of rows) {
    const day = { ...range, recordedUntil: new Date(recorded_until) }
    if (await hasVictims(database, day)) return day
  }
  return undefined
}

async function eventFrom(
  database: Kysely<AuditTables>,
  position: number,
): Promise<{ position: number; recordedAt: Date } | undefined> {
  const row = await database
    .selectFrom('audit.events')
    .select(['position', 'recorded_at'])
    .where('position', '>=', position)
    .orderBy('position')
    .limit(1)
    .executeTakeFirst()
  return row && { position: row.position, recordedAt: new Date(row.recorded_at) }
}

/** Positions are in the order of recording, but for those of the same moment; what is out of order goes another day. */
async function lastBefore(database: Kysely<AuditTables>, from: number, until: Date): Promise<number> {
  const { rows } = await sql<{ last: number }>`select max(position) as last from audit.events`.execute(
    database,
  )
  let low = from
  let high = rows[0]!.last + 1
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    const found = await eventFrom(database, middle)
    if (!found || found.position >= high || found.recordedAt >= until) high = middle
    else low = found.position
  }
  return low
}

/** Of traffic: what people changed stays. */
export const isTraffic = sql`(e.exchange is not null or e.journal is not null)`

function inDay({ after, until, recordedUntil }: DayOfEvents) {
  return sql`e.position > ${after} and e.position <= ${until}
    and e.recorded_at < ${recordedUntil.toISOString()}::timestamptz and ${isTraffic}`
}

async function hasVictims(database: Kysely<AuditTables>, day: DayOfEvents): Promise<boolean> {
  return database.transaction().execute(async (transaction) => {
    await noteKept(transaction, 0, day)
    const { rows } = await sql<{ hasVictims: boolean }>`select exists (
      select from audit.events e where ${inDay(day)} and not exists (
        select from audit.drop_kept k where k.drop_number = 0 and k.position = e.position)) as "hasVictims"`.execute(
      transaction,
    )
    await forgetKept(transaction, 0)
    return rows[0]!.hasVictims
  })
}

/** Notes what stays: events that are on hold, and pieces of content that an event uses which stays, with what they are made of. */
async function noteKept(transaction: Kysely<AuditTables>, number: number, day: DayOfEvents): Promise<void> {
  const held = await heldExchanges(transaction)
  if (held)
    await sql`insert into audit.drop_kept (drop_number, position)
      select ${number}, e.position from audit.events e where ${inDay(day)}
        and e.exchange in (select exchange from (${held}) held)`.execute(transaction)
  await sql`insert into audit.drop_kept (drop_number, position)
    select ${number}, e.position from audit.events e
    where ${inDay(day)} and e.type = ${eventTypes.contentRecorded} and exists (
      select from audit.content_uses own
        cross join audit.pieces_around(array[own.sha256]) a
        join audit.content_uses other on other.sha256 = a.around and not other.holds and other.within is null
        join audit.events user_event on user_event.id = other.event_id
      where own.exchange = e.exchange and own.event_id = e.id and own.holds and (
        user_event.position > ${day.until} or user_event.position <= ${day.after}
        or exists (select from audit.drop_kept k where k.drop_number = ${number} and k.position = user_event.position)))
    on conflict do nothing`.execute(transaction)
}

export async function forgetKept(database: Kysely<AuditTables>, number: number): Promise<void> {
  await sql`delete from audit.drop_kept where drop_number = ${number}`.execute(database)
}

type Counts = {
  events: number
  withoutLeaf: number
  requests: number
  refusedRequests: number
  outcomes: number
  first: Date | null
  last: Date | null
}

/**
 * Notes what is dropped of a day, and what its record says. Nothing is deleted yet; from here on, a hold comes too late for it.
 * @throws where an event of the day has no leaf under the published checkpoint.
 */
export function planDrop(database: Kysely<AuditTables>, day: DayOfEvents): Promise<void> {
  return database
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((snapshot) => noteDrop(snapshot, day))
}

async function noteDrop(snapshot: Kysely<AuditTables>, day: DayOfEvents): Promise<void> {
  const published = await findPublished(snapshot)
  if (!published) throw new Error('The log has no checkpoint yet')
  const { generation, origin, size } = published
  const { number, id } = await snapshot
    .insertInto('audit.drops')
    .values({
      ...{ id: uuidv7(), event_id: uuidv7(), day: day.day, generation, state: 'sealed' },
      recorded_until: day.recordedUntil.toISOString(),
      ...{ after_position: day.after, until_position: day.until, progress: day.after },
      ...{ first_leaf: null, until_leaf: null, first_time: null, last_time: null },
      ...{ record: null, note: null, signed_by: null, completed_at: null },
    })
    .returning(['number', 'id'])
    .executeTakeFirstOrThrow()
  await noteKept(snapshot, number, day)
  const { rows: kept } = await sql<{ count: number }>`
        select count(*) as count from audit.drop_kept where drop_number = ${number}`.execute(snapshot)
  const victims = sql`audit.events e left join audit.log_leaves l
        on l.position = e.position and l.generation = ${generation} and l.leaf_index < ${size}
        where ${inDay(day)} and not exists (
          select from audit.drop_kept k where k.drop_number = ${number} and k.position = e.position)`
  const { rows } =
    await sql<Counts>`select count(*) as events, count(*) filter (where leaf_index is null) as "withoutLeaf",
          count(*) filter (where type = ${eventTypes.requestReceived}) as requests,
          count(*) filter (where type = ${eventTypes.requestBlocked}) as "refusedRequests",
          count(*) filter (where type = any(${[...outcomeTypes]}::text[])) as outcomes,
          min(time) as first, max(time) as last
        from ${victims}`.execute(snapshot)
  const { withoutLeaf, first, last, ...counts } = rows[0]!
  if (withoutLeaf > 0) throw new Error(`Events of ${day.day} have no leaf yet: ${withoutLeaf}`)
  if (counts.events === 0 || first === null || last === null) {
    await sql`update audit.drops set state = 'dropped', kept = ${kept[0]!.count}, progress = until_position,
          completed_at = now() where number = ${number}`.execute(snapshot)
    return forgetKept(snapshot, number)
  }
  const { rows: leaves } = await sql<{ from: number; until: number }>`
        select min(leaf_index) as "from", max(leaf_index) + 1 as until from (
          select leaf_index, leaf_index - row_number() over (order by leaf_index) as island from ${victims}) dropped
        group by island order by 1`.execute(snapshot)
  const { rows: journals } = await sql<DropRecord['journals'][number]>`
        select journal, min(sequence) as first, max(sequence) as last, count(*) as events
        from ${victims} and journal is not null group by journal order by journal`.execute(snapshot)
  const [firstLeaf, untilLeaf] = [leaves[0]!.from, leaves.at(-1)!.until]
  const root = await rootAt(snapshot, generation, untilLeaf)
  const record: DropRecord = {
    ...{ id, day: day.day, sealedAt: new Date().toISOString() },
    log: { origin, firstLeaf, untilLeaf, root: root.toString('base64') },
    ...{ ...counts, kept: kept[0]!.count },
    ...{ first: first.toISOString(), last: last.toISOString(), journals },
    leaves: leaves.map(({ from, until }) => [from, until]),
  }
  await sql`update audit.drops set events = ${counts.events}, kept = ${kept[0]!.count},
          first_leaf = ${firstLeaf}, until_leaf = ${untilLeaf}, first_time = ${record.first}, last_time = ${record.last},
          record = ${dropText(record)}
        where number = ${number}`.execute(snapshot)
}
