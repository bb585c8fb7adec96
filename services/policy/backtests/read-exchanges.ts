import { eventTypes, loadContents, openingTypes, outcomeTypes, type RecordedContent } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import type { PolicyTables } from '../tables.ts'
import type { BacktestInput, Chunk, Place, Snapshot } from './input.ts'
import type { OpeningEvent, OutcomeEvent, RecordedExchange } from './recorded-exchange.ts'

const chunkSize = 200

type Database = Kysely<PolicyTables>

/** How many exchanges there are, and cuts them into chunks; asks nothing of their content. */
export async function planChunks(
  database: Database,
  { from, until, exchange }: Pick<BacktestInput, 'from' | 'until' | 'exchange'>,
): Promise<{ snapshot: Snapshot; total: number; chunks: Chunk[] }> {
  const { rows: newest } = await sql<{ position: number }>`
    select coalesce(max(position), 0) as position from audit.recorded_events`.execute(database)
  const snapshot: Snapshot = { from, until, exchange, position: newest[0]!.position }
  const { rows } = await sql<Place & { total: number }>`
    select time::text as time, id, total from (
      select time, id, row_number() over (order by time, id) as number, count(*) over () as total
      from audit.recorded_events where ${within(snapshot)} and type in (${sql.join(openingTypes)})
    ) openings where number % ${sql.lit(chunkSize)} = 1 order by time, id`.execute(database)
  const chunks = rows.map(({ time, id }, index): Chunk => {
    const next = rows[index + 1]
    return { index, start: { time, id }, end: next && { time: next.time, id: next.id } }
  })
  return { snapshot, total: rows[0]?.total ?? 0, chunks }
}

/** The exchanges of a chunk in order, each with its outcome where there is one. */
export async function readChunk(
  database: Database,
  snapshot: Snapshot,
  { start, end }: Chunk,
): Promise<RecordedExchange[]> {
  // Postgres begins and ends its search by a time and misjudges how much a comparison of rows leaves; of two limits of
  // a time it may take the wider one.
  const before = end
    ? sql`time <= ${end.time}::timestamptz and (time, id) < (${end.time}::timestamptz, ${end.id}::uuid)`
    : sql`time < ${snapshot.until}::timestamptz`
  const { rows } = await sql<{ exchange: string; event: string }>`
    select exchange, event from audit.recorded_events
    where time >= ${start.time}::timestamptz and (time, id) >= (${start.time}::timestamptz, ${start.id}::uuid)
      and ${before} and position <= ${snapshot.position} ${ofOne(snapshot)} and type in (${sql.join(openingTypes)})
    order by time, id`.execute(database)
  const outcomes = await readOutcomes(
    database,
    snapshot,
    rows.map(({ exchange }) => exchange),
  )
  return rows.map(({ exchange, event }) => ({
    opening: JSON.parse(event) as OpeningEvent,
    outcome: outcomes.get(exchange),
  }))
}

async function readOutcomes(
  database: Database,
  { position }: Snapshot,
  exchanges: string[],
): Promise<Map<string, OutcomeEvent>> {
  const { rows } = await sql<{ exchange: string; event: string }>`
    select exchange, event from audit.recorded_events
    where exchange = any(${exchanges}) and type in (${sql.join(outcomeTypes)}) and position <= ${position}
    order by position`.execute(database)
  const found = new Map<string, OutcomeEvent>()
  // An ingress that was taken for dead may report the true outcome later: that one counts.
  for (const { exchange, event } of rows) {
    const outcome = JSON.parse(event) as OutcomeEvent
    if (outcome.type !== eventTypes.exchangeAbandoned || !found.has(exchange)) found.set(exchange, outcome)
  }
  return found
}

/** The bytes that bodies refer to, by digest; what is not there is left out. */
export async function readContents(database: Database, digests: string[]): Promise<Map<string, Buffer>> {
  return loadContents(digests, async (some) => {
    const { rows } = await sql<{ sha256: string; event: string }>`
      select c.sha256, e.event from audit.recorded_contents c join audit.recorded_events e on e.id = c.event_id
      where c.sha256 = any(${some})`.execute(database)
    return rows.map(
      ({ sha256, event }) => [sha256, (JSON.parse(event) as { data: RecordedContent }).data] as const,
    )
  })
}

function within({ from, until, position, ...only }: Snapshot) {
  return sql`time >= ${from ?? '-infinity'}::timestamptz and time < ${until}::timestamptz and position <= ${position} ${ofOne(only)}`
}

function ofOne({ exchange }: Pick<Snapshot, 'exchange'>) {
  return exchange === undefined ? sql`` : sql`and exchange = ${exchange}`
}

/** Whether a request of this exchange is recorded. */
export async function isRecorded(database: Database, exchange: string): Promise<boolean> {
  const { rows } = await sql`select 1 from audit.recorded_events
    where exchange = ${exchange} and type in (${sql.join(openingTypes)}) limit 1`.execute(database)
  return rows.length > 0
}
