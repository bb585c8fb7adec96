import type { ArchiveRequested } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import type { ExportTables } from '../tables.ts'
import { awaitLog } from '../writing/await-log.ts'
import { type CutDay, cutDays } from './cut-days.ts'
import { archivedUntil, lastDay } from './days.ts'

/** Transactions that began before midnight are over by then. */
const graceMs = 15 * 60_000
const mostDays = 1_000

/** The log stands still, or has much to catch up with. */
export class LogBehindError extends Error {
  override name = 'LogBehindError'
}

/**
 * The days that are over and not archived. What was stored on them is committed, in the log and under its published checkpoint: what
 * the log takes later is of a later day.
 * @param through the last day that is wanted.
 * @throws LogBehindError
 */
export async function planDays(
  database: Kysely<ExportTables>,
  through: string | undefined,
): Promise<ArchiveRequested['days']> {
  const { isCovered } = await awaitLog(database)
  const log = await database
    .selectFrom('audit.recorded_checkpoints')
    .select(['generation', 'size'])
    .orderBy('generation', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!log) return []
  const { generation, size } = log
  if (!isCovered) throw new LogBehindError('The transparency log has not taken all events yet')
  const days = await cutDays({
    recordedAt: async (leaf) => (await nextThere(database, generation, leaf))?.recordedAt ?? Date.now(),
    firstThere: async (leaf) => (await nextThere(database, generation, leaf))?.leaf ?? size,
    droppedDays: await droppedDays(database, generation),
    from: await archivedUntil(database, generation),
    size,
    lastDay: await lastDay(database, generation),
    now: (await clockOf(database)) - graceMs,
  })
  const wanted = days.filter(({ day }) => through === undefined || day <= through).slice(0, mostDays)
  return Promise.all(
    wanted.map(async (one) => {
      const dropped = await countDropped(database, generation, one)
      return { ...one, generation, ...(dropped > 0 && { dropped }) }
    }),
  )
}

/** The first leaf from this one on whose event is there. */
async function nextThere(
  database: Kysely<ExportTables>,
  generation: number,
  from: number,
): Promise<{ leaf: number; recordedAt: number } | undefined> {
  const { rows } = await sql<{ leaf: number; at: Date }>`
    select leaf_index as leaf, recorded_at as at from audit.recorded_leaves join audit.recorded_times using (position)
    where generation = ${generation} and leaf_index >= ${from} order by leaf_index limit 1`.execute(database)
  const [row] = rows
  return row && { leaf: row.leaf, recordedAt: new Date(row.at).getTime() }
}

/** By their records, which are signed before anything is dropped. */
async function droppedDays(database: Kysely<ExportTables>, generation: number): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ day: string }>`
    select split_part(note, E'\\n', 3)::jsonb ->> 'day' as day from audit.sealed_drops
    where generation = ${generation}`.execute(database)
  return new Set(rows.map(({ day }) => day))
}

async function clockOf(database: Kysely<ExportTables>): Promise<number> {
  const { rows } = await sql<{ now: Date }>`select now() as now`.execute(database)
  return new Date(rows[0]!.now).getTime()
}

async function countDropped(
  database: Kysely<ExportTables>,
  generation: number,
  { from, until }: CutDay,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from audit.recorded_leaves join audit.recorded_times using (position)
    where generation = ${generation} and leaf_index >= ${from} and leaf_index < ${until}`.execute(database)
  return until - from - rows[0]!.count
}
