import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'
import { type FigureKind, type Measures, timedKinds } from './contribution.ts'
import { piecesOf, type Span, type Steps } from './time-steps.ts'

export type Figure = Measures & { kind: FigureKind; value: string; latencies: number[] }
export type FigureAt = Figure & { at: number }

const measures = ['exchanges', 'open', 'failed', 'input_tokens', 'output_tokens', 'cost_usd_micros']
const names = sql.raw(measures.join(', '))
const sums = sql.raw(measures.map((measure) => `sum(${measure}::float8)::bigint as ${measure}`).join(', '))

/** Sums over a span, for each value of these kinds that has any. */
export async function readTotals(
  database: Kysely<AuditTables>,
  span: Span,
  kinds: readonly FigureKind[],
): Promise<Figure[]> {
  const withinSpan = sql`(${sql.join(
    piecesOf(span).map(
      ({ source, from, until }) =>
        sql`(step_seconds = ${source} and at >= to_timestamp(${from}) and at < to_timestamp(${until}))`,
    ),
    sql` or `,
  )})`
  const within = sql`${withinSpan} and kind = any(${[...kinds]}::text[])`
  const [{ rows }, { rows: latencies }] = await Promise.all([
    sql<Omit<Figure, 'latencies'>>`
      select kind, value, ${sums} from audit.figures where ${within} group by kind, value
      having bool_or(exchanges <> 0)`.execute(database),
    sql<{ kind: string; value: string; latencies: string }>`
      select kind, value, latencies::text as latencies from audit.figures
      where ${withinSpan} and kind = any(${kinds.filter((kind) => timedKinds.has(kind))}::text[])
        and latencies is not null`.execute(database),
  ])
  const byName = sumLatencies(latencies, ({ kind, value }) => `${kind}\n${value}`)
  return rows.map((row) => ({ ...row, latencies: byName.get(`${row.kind}\n${row.value}`) ?? [] }))
}

/** The same for each step of a series. */
export async function readSeries(
  database: Kysely<AuditTables>,
  { from, until, step, source }: Steps,
  kinds: readonly FigureKind[],
): Promise<FigureAt[]> {
  // Arithmetic on instants is much cheaper than on the numbers that Postgres makes of them, so those are made last.
  const at = sql`date_bin(${step} * interval '1 second', at, to_timestamp(0))`
  const seconds = sql`extract(epoch from at)::bigint as at`
  const within = sql`step_seconds = ${source} and kind = any(${[...kinds]}::text[])
    and at >= to_timestamp(${from}) and at < to_timestamp(${until})`
  const [{ rows }, { rows: latencies }] = await Promise.all([
    sql<Omit<FigureAt, 'latencies'>>`
      select kind, value, ${seconds}, ${names} from (
        select kind, value, ${at} as at, ${sums} from audit.figures where ${within} group by 1, 2, 3) steps`.execute(
      database,
    ),
    sql<{ at: number; latencies: string }>`
      select ${seconds}, latencies::text as latencies from (
        select ${at} as at, latencies from audit.figures
        where ${within} and kind = 'all' and latencies is not null) timed`.execute(database),
  ])
  const byTime = sumLatencies(latencies, ({ at }) => at)
  return rows.map((row) => ({ ...row, latencies: (row.kind === 'all' && byTime.get(row.at)) || [] }))
}

/** By bucket. Postgres takes ten times as long for it, because it makes a row of each number and sorts them. */
function sumLatencies<Row extends { latencies: string }, Key>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): Map<Key, number[]> {
  const sums = new Map<Key, number[]>()
  for (const row of rows) {
    const counts = row.latencies.slice(1, -1).split(',').map(Number)
    const key = keyOf(row)
    const sum = sums.get(key)
    if (sum) for (const [bucket, count] of counts.entries()) sum[bucket]! += count
    else sums.set(key, counts)
  }
  return sums
}

/** Since when there are figures, in seconds since 1970. */
export async function earliestFigure(database: Kysely<AuditTables>): Promise<number | undefined> {
  const row = await database
    .selectFrom('audit.figures')
    .select('at')
    .where('step_seconds', '=', 86_400)
    .where('kind', '=', 'all')
    .orderBy('at')
    .limit(1)
    .executeTakeFirst()
  return row && row.at.getTime() / 1_000
}
