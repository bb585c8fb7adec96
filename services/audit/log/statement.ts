import { eventTypes, outcomeTypes } from '@airs-cp/events'
import { type Statement, statementText } from '@airs-cp/manifest'
import { ApiError } from '@airs-cp/runtime'
import { checkpointBody, hashBytes, parseNote } from '@airs-cp/transparency-log'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { isAbandoned } from '../find-events.ts'
import { isToDrop } from '../retention/carry-out-drop.ts'
import { droppedRanges } from '../retention/dropped-ranges.ts'
import { explainGaps } from '../retention/explain-gaps.ts'
import type { AuditTables } from '../tables.ts'
import { findPublished } from './read-tree.ts'
import type { TransparencyLog } from './run-log.ts'

type Range = { from?: Date | undefined; until?: Date | undefined }
type Parts = { database: Kysely<AuditTables>; log: TransparencyLog }

/** Exceptions of one kind that are named; the others are counted. */
const mostNamed = 1_000

/**
 * A signed statement of what the log has of a range of time, and of every exception from completeness. Counts what was
 * recorded just now too.
 * @throws ApiError 409 where the log stands still.
 */
export async function makeStatement({ database, log }: Parts, range: Range): Promise<string> {
  const refuse = (error: Error) => {
    throw new ApiError(409, 'log_stands_still', `Nothing can be signed. ${error.message}`)
  }
  await log.settled().catch(refuse)
  const statement = await database
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((snapshot) => describeRange(snapshot, range))
  return log.sign(statementText(statement)).catch(refuse)
}

async function describeRange(database: Kysely<AuditTables>, range: Range): Promise<Statement> {
  const published = await findPublished(database)
  if (!published) throw new ApiError(409, 'log_stands_still', 'Nothing can be signed: there is no checkpoint')
  const { origin, size, root } = checkpointBody(parseNote(published.note).text)
  const counted = createCounting(database, published, range)
  const counts = await counted.counts()
  const journals = await counted.journals()
  const drops = await findDropped(database, range)
  const vanished = await counted.vanished()
  const exceptions = [
    ...(await counted.exceptions(counted.unpaired, (id) => `Request of exchange ${id} has no outcome`)),
    ...(await counted.exceptions(
      counted.abandoned,
      (id) => `Exchange ${id} was abandoned: its outcome is unknown`,
    )),
    ...(await counted.exceptions(counted.withoutLeaf, (id) => `Event ${id} is recorded, and not in the log`)),
    ...(await counted.exceptions(
      counted.withoutEvent,
      (index) => `Leaf ${index} is in the log, and its event is not recorded any more`,
    )),
    ...journals.flatMap(({ journal, gaps }) =>
      gaps.map(({ from, to }) => `Journal ${journal} lacks ${from === to ? from : `${from} to ${to}`}`),
    ),
    ...journals.flatMap(({ journal, unexplained }) =>
      unexplained > 0
        ? [
            `Journal ${journal} lacks ${unexplained} more where events were dropped than the records of drops name`,
          ]
        : [],
    ),
    ...(vanished > 0 ? [`Leaves of the log are gone without a record of a drop: ${vanished}`] : []),
  ]
  return {
    from: range.from?.toISOString() ?? null,
    until: range.until?.toISOString() ?? null,
    madeAt: new Date().toISOString(),
    log: { origin, size, root: root.toString('base64') },
    ...counts,
    droppedEvents: drops.reduce((sum, { events }) => sum + events, 0),
    drops: drops.slice(0, mostNamed),
    journals: journals.map(({ gaps, unexplained, ...journal }) => ({
      ...journal,
      missing: gaps.reduce((sum, { from, to }) => sum + to - from + 1, unexplained),
    })),
    complete: exceptions.length === 0,
    exceptions,
  }
}

type Journal = {
  journal: string
  first: number
  last: number
  events: number
  /** What is missing and was not dropped: by its place, and how much more where events were dropped. */
  gaps: { from: number; to: number }[]
  unexplained: number
}

/** Drops of events of the range, whole: some of a drop's events may be of other times. Of one that goes on, what is gone already. */
export async function findDropped(
  database: Kysely<AuditTables>,
  { from, until }: Range,
): Promise<NonNullable<Statement['drops']>> {
  const { rows } = await sql<NonNullable<Statement['drops']>[number]>`
    select id, day, events, "firstLeaf", "untilLeaf" from (
      select number, id, day::text as day, first_leaf as "firstLeaf", until_leaf as "untilLeaf",
        events - case when state = 'dropped' then 0 else (
          select count(*) from audit.events e where e.position > d.progress and ${isToDrop}) end as events
      from audit.drops d where note is not null and events > 0
        ${from ? sql`and last_time >= ${from.toISOString()}::timestamptz` : sql``}
        ${until ? sql`and first_time < ${until.toISOString()}::timestamptz` : sql``}) dropped
    where events > 0 order by number`.execute(database)
  return rows
}

function createCounting(
  database: Kysely<AuditTables>,
  { generation, size }: { generation: number; size: number },
  { from, until }: Range,
) {
  const inRange = sql.join(
    [
      sql`true`,
      ...(from ? [sql`e.time >= ${from.toISOString()}::timestamptz`] : []),
      ...(until ? [sql`e.time < ${until.toISOString()}::timestamptz`] : []),
    ],
    sql` and `,
  )
  const proven = sql`audit.events e join audit.log_leaves l
    on l.position = e.position and l.generation = ${generation} and l.leaf_index < ${size}`
  return {
    async counts() {
      const { rows } = await sql<
        Pick<Statement, 'events' | 'erasedEvents' | 'requests' | 'refusedRequests' | 'outcomes'>
      >`select count(*) as events, count(*) filter (where salt is null) as "erasedEvents",
          count(*) filter (where type = ${eventTypes.requestReceived}) as requests,
          count(*) filter (where type = ${eventTypes.requestBlocked}) as "refusedRequests",
          count(*) filter (where type = any(${[...outcomeTypes]}::text[])) as outcomes
        from ${proven} where ${inRange}`.execute(database)
      return rows[0]!
    },
    async journals(): Promise<Journal[]> {
      const { rows } = await sql<Omit<Journal, 'gaps' | 'unexplained'>>`
        select journal, min(sequence) as first, max(sequence) as last, count(*) as events
        from ${proven} where ${inRange} and journal is not null group by journal order by journal`.execute(
        database,
      )
      const gaps = await sql<{ journal: string; from: number; to: number }>`
        select journal, "from", "to" from (
          select journal, sequence + 1 as "from", lead(sequence) over (partition by journal order by sequence) - 1 as "to"
          from audit.events where journal = any(${rows.map(({ journal }) => journal)}::text[])) steps
        where "to" >= "from" order by journal, "from"`.execute(database)
      const dropped = await droppedRanges(
        database,
        rows.map(({ journal }) => journal),
      )
      return rows.map((journal) => {
        const isOwn = ({ journal: name }: { journal: string }) => name === journal.journal
        const missing = gaps.rows.filter(
          (gap) => isOwn(gap) && gap.from > journal.first && gap.to < journal.last,
        )
        return { ...journal, ...explainGaps(missing, dropped.filter(isOwn)) }
      })
    },
    /** How many leaves are neither there nor under the record of a drop. */
    async vanished(): Promise<number> {
      const { rows } = await sql<{ there: number; dropped: number; recorded: number }>`select
        (select count(*) from audit.log_leaves where generation = ${generation} and leaf_index < ${size}) as there,
        (select coalesce(sum(octet_length(hashes)) / ${hashBytes}, 0)::bigint from audit.dropped_leaves
          where generation = ${generation}) as dropped,
        (select coalesce(sum(events), 0)::bigint from audit.drops
          where generation = ${generation} and note is not null) as recorded`.execute(database)
      const { there, dropped, recorded } = rows[0]!
      return Math.max(0, size - there - Math.min(dropped, recorded))
    },
    /** Requests of the range without an outcome, whenever it came. */
    unpaired: sql<{ name: string }>`select e.exchange as name from ${proven}
      where ${inRange} and e.type = ${eventTypes.requestReceived} and not exists (
        select from audit.events o where o.exchange = e.exchange and o.type = any(${[...outcomeTypes]}::text[]))
      order by e.time, e.id`,
    abandoned: sql<{ name: string }>`select e.exchange as name from ${proven}
      where ${inRange} and ${isAbandoned} order by e.time, e.id`,
    /** What came while this was made is not waited for: it lies behind the checkpoint. */
    withoutLeaf: sql<{ name: string }>`select e.id::text as name from audit.events e
      where ${inRange} and not exists (
        select from audit.log_leaves l where l.position = e.position and l.generation = ${generation})
        and not exists (select from audit.log_pending p where p.position = e.position)
      order by e.time, e.id`,
    withoutEvent: sql<{ name: string }>`select l.leaf_index::text as name from audit.log_leaves l
      where l.generation = ${generation} and l.leaf_index < ${size}
        and not exists (select from audit.events e where e.position = l.position)
      order by l.leaf_index`,
    async exceptions(query: RawBuilder<{ name: string }>, describe: (name: string) => string) {
      const { rows } = await sql<{ name: string; total: number }>`
        select name, count(*) over () as total from (${query}) named limit ${mostNamed}`.execute(database)
      const total = rows[0]?.total ?? 0
      return [
        ...rows.map(({ name }) => describe(name)),
        ...(total > mostNamed ? [`${total - mostNamed} more like the last`] : []),
      ]
    },
  }
}
