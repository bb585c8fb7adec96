import { type Kysely, sql, type Transaction } from 'kysely'
import type { AuditTables } from '../tables.ts'
import { type Delta, differences, latencyBuckets, sumOf } from './contribution.ts'

/** Of one kind. What comes later is counted together, under the empty value. */
export const mostValues = 1_000
export const stepsSeconds = [60, 3_600, 86_400] as const

/** Notes how exchanges have changed, in the transaction that changes them: one row, whatever their number. */
export async function noteFigures(
  transaction: Transaction<AuditTables>,
  changes: Parameters<typeof differences>[0],
): Promise<void> {
  const deltas = differences(changes)
  if (deltas.length === 0) return
  await transaction
    .insertInto('audit.figures_pending')
    .values({ deltas: JSON.stringify(deltas) })
    .execute()
}

const rowsAtOnce = 500

/**
 * Adds what is noted to the figures. Each note is removed in the transaction that adds it, so that it counts once.
 * Notes that another call is adding are waited for: when this returns 0, all that was noted before is in the figures.
 * @returns how many notes; a full batch means that there may be more.
 */
export async function foldFigures(database: Kysely<AuditTables>): Promise<number> {
  return database.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ deltas: Delta[] }>`
      delete from audit.figures_pending where number = any(array(
        select number from audit.figures_pending order by number limit ${rowsAtOnce} for update))
      returning deltas`.execute(transaction)
    if (rows.length === 0) return 0
    const deltas = rows.flatMap(({ deltas }) => deltas)
    await addToFigures(transaction, await withKnownValues(transaction, deltas))
    return rows.length
  })
}

/** Whether a value is counted by itself is decided when it comes first, and stays so: what is added can be taken away again. */
async function withKnownValues(transaction: Transaction<AuditTables>, deltas: Delta[]): Promise<Delta[]> {
  const pairs = [...new Set(deltas.map(({ kind, value }) => `${kind}\n${value}`))]
  const [kinds, values] = [
    pairs.map((pair) => pair.split('\n', 1)[0]!),
    pairs.map((pair) => pair.slice(pair.indexOf('\n') + 1)),
  ]
  const known = await findKnown(transaction, kinds, values)
  const fresh = pairs.filter((pair) => !known.has(pair))
  if (fresh.length > 0) {
    await sql`insert into audit.figure_values (kind, value)
      select kind, value from (
        select kind, value, row_number() over (partition by kind order by number)
          + (select count(*) from audit.figure_values v where v.kind = new.kind) as place
        from unnest(${fresh.map((pair) => pair.split('\n', 1)[0]!)}::text[],
          ${fresh.map((pair) => pair.slice(pair.indexOf('\n') + 1))}::text[]) with ordinality as new (kind, value, number)
      ) placed where place <= ${mostValues}
      on conflict do nothing`.execute(transaction)
    for (const pair of await findKnown(transaction, kinds, values)) known.add(pair)
  }
  return sumOf(
    deltas.map((delta) => (known.has(`${delta.kind}\n${delta.value}`) ? delta : { ...delta, value: '' })),
  )
}

async function findKnown(
  transaction: Transaction<AuditTables>,
  kinds: string[],
  values: string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ kind: string; value: string }>`
    select kind, value from audit.figure_values v
      join unnest(${kinds}::text[], ${values}::text[]) as asked (kind, value) using (kind, value)`.execute(
    transaction,
  )
  return new Set(rows.map(({ kind, value }) => `${kind}\n${value}`))
}

async function addToFigures(transaction: Transaction<AuditTables>, deltas: Delta[]): Promise<void> {
  for (const step of stepsSeconds) {
    const minutes = step / 60
    const atStep = sumOf(
      deltas.map((delta) => ({ ...delta, minute: Math.floor(delta.minute / minutes) * minutes })),
    )
    const rows = atStep.map(({ minute, latencies, ...delta }) => ({
      ...delta,
      at: minute * 60,
      latencies: latencies
        ? Array.from({ length: latencyBuckets }, (_, bucket) => latencies[bucket] ?? 0)
        : null,
    }))
    if (rows.length === 0) continue
    await sql`insert into audit.figures as present (step_seconds, kind, value, at,
        exchanges, open, failed, input_tokens, output_tokens, cost_usd_micros, latencies)
      select ${step}, kind, value, to_timestamp(at),
        exchanges, open, failed, input_tokens, output_tokens, cost_usd_micros, latencies
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (kind text, value text, at bigint,
        exchanges bigint, open bigint, failed bigint, input_tokens bigint, output_tokens bigint,
        cost_usd_micros bigint, latencies bigint[])
      order by kind, value, at
      on conflict (step_seconds, kind, at, value) do update set
        exchanges = present.exchanges + excluded.exchanges,
        open = present.open + excluded.open,
        failed = present.failed + excluded.failed,
        input_tokens = present.input_tokens + excluded.input_tokens,
        output_tokens = present.output_tokens + excluded.output_tokens,
        cost_usd_micros = present.cost_usd_micros + excluded.cost_usd_micros,
        latencies = case when excluded.latencies is null then present.latencies
          when present.latencies is null then excluded.latencies
          else (select array_agg(a + b order by bucket)
            from unnest(present.latencies, excluded.latencies) with ordinality as both_of (a, b, bucket)) end`.execute(
      transaction,
    )
  }
}
