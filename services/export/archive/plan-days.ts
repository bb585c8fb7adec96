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
    recordedAt: (leaf) => recordedAt(database, generation, leaf),
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

/** Of the first leaf from this one on whose event is there; after the last one, now. */
async function recordedAt(database: Kysely<ExportTables>, generation: number, leaf: number): Promise<number> {
  const { rows } = await sql<{ at: Date }>`
    select recorded_at as at from audit.recorded_leaves join audit.recorded_times using (position)
    where generation = ${generation} and leaf_index >= ${leaf} order by leaf_index limit 1`.execute(database)
  return rows[0] ? new Date(rows[0].at).getTime() : Date.now()
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
