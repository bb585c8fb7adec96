import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'
import { type FigureKind, type Measures, timedKinds } from './contribution.ts'
import { piecesOf, type Span, type Steps } from './time-steps.ts'

export type Figure = Measures & { kind: FigureKind; value: string; latencies: number[] }
export type FigureAt = Figure & { at: number }

const sums = sql.raw(
  ['exchanges', 'open', 'failed', 'input_tokens', 'output_tokens', 'cost_usd_micros']
    .map((measure) => `sum(${measure})::bigint as ${measure}`)
    .join(', '),
)

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
    sql<{ kind: string; value: string; counts: number[] }>`
      select kind, value, array_agg(count::float8 order by bucket) as counts from (
        select kind, value, bucket, sum(count)::bigint as count
        from audit.figures, unnest(latencies) with ordinality as l (count, bucket)
        where ${withinSpan} and kind = any(${kinds.filter((kind) => timedKinds.has(kind))}::text[])
          and latencies is not null group by kind, value, bucket) by_bucket
      group by kind, value`.execute(database),
  ])
  const byName = new Map(latencies.map(({ kind, value, counts }) => [`${kind}\n${value}`, counts]))
  return rows.map((row) => ({ ...row, latencies: byName.get(`${row.kind}\n${row.value}`) ?? [] }))
}

/** The same for each step of a series. */
export async function readSeries(
  database: Kysely<AuditTables>,
  { from, until, step, source }: Steps,
  kinds: readonly FigureKind[],
): Promise<FigureAt[]> {
  const at = sql`(floor(extract(epoch from at) / ${step}::bigint) * ${step}::bigint)::bigint`
  const within = sql`step_seconds = ${source} and kind = any(${[...kinds]}::text[])
    and at >= to_timestamp(${from}) and at < to_timestamp(${until})`
  const [{ rows }, { rows: latencies }] = await Promise.all([
    sql<Omit<FigureAt, 'latencies'>>`
      select kind, value, ${at} as at, ${sums} from audit.figures where ${within} group by 1, 2, 3`.execute(
      database,
    ),
    sql<{ at: number; counts: number[] }>`
      select at, array_agg(count::float8 order by bucket) as counts from (
        select ${at} as at, bucket, sum(count)::bigint as count
        from audit.figures, unnest(latencies) with ordinality as l (count, bucket)
        where ${within} and kind = 'all' and latencies is not null group by 1, 2) by_bucket
      group by at`.execute(database),
  ])
  const byTime = new Map(latencies.map(({ at, counts }) => [at, counts]))
  return rows.map((row) => ({ ...row, latencies: (row.kind === 'all' && byTime.get(row.at)) || [] }))
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
