import type { EventByType, eventTypes } from '@airs-cp/events'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { ExportTables } from '../tables.ts'

export type ArchiveRow = NonNullable<Awaited<ReturnType<typeof findDay>>>

/**
 * Puts days in the queue. Days follow each other without a gap or an overlap: of two requests that cut the log differently, the
 * first one counts. A day that is known is queued again where it has failed, or where it has a file, which holds content that was erased.
 */
export async function storeArchiveRequested(
  database: Transaction<ExportTables>,
  { data, time }: EventByType<typeof eventTypes.archiveRequested>,
): Promise<void> {
  for (const { day, generation, from, until, dropped } of data.days) {
    const known = await findDay(database, day)
    const isSame = known?.generation === generation && known.first_leaf === from && known.until_leaf === until
    const isAgain =
      data.reason === 'erased'
        ? known?.as_of !== null && known?.state !== 'queued'
        : known?.state === 'failed'
    if (isSame && !isAgain) continue
    if (!isSame && (await archivedUntil(database, generation)) > from) continue
    const state = dropped === undefined ? ('queued' as const) : ('dropped' as const)
    const asked = { state, dropped: dropped ?? null, error: null, actor: data.actor, requested_at: time }
    const place = { generation, first_leaf: from, until_leaf: until }
    await database
      .insertInto('export.archived_days')
      .values({ day, ...place, ...asked })
      .onConflict((conflict) =>
        conflict
          .column('day')
          .doUpdateSet({ ...place, ...asked, attempt: sql`export.archived_days.attempt + 1` as never }),
      )
      .execute()
  }
}

export async function storeDayArchived(
  database: Transaction<ExportTables>,
  { data, time }: EventByType<typeof eventTypes.dayArchived>,
): Promise<void> {
  const { day, attempt, rows, bytes, sha256, manifest, asOf } = data
  await database
    .updateTable('export.archived_days')
    .set({
      ...{ state: 'archived', ended_at: time, as_of: asOf, erasures_seen_at: asOf },
      ...{ rows, bytes, sha256, error: null, manifest: JSON.stringify(manifest) },
    })
    .where('day', '=', day)
    .where('attempt', '=', attempt)
    .where('state', '=', 'queued')
    .execute()
}

export async function storeArchiveFailed(
  database: Transaction<ExportTables>,
  { data, time }: EventByType<typeof eventTypes.archiveFailed>,
): Promise<void> {
  await database
    .updateTable('export.archived_days')
    .set({ state: 'failed', ended_at: time, error: data.error })
    .where('day', '=', data.day)
    .where('attempt', '=', data.attempt)
    .where('state', '=', 'queued')
    .execute()
}

export function findDay(database: Kysely<ExportTables>, day: string) {
  return database.selectFrom('export.archived_days').selectAll().where('day', '=', day).executeTakeFirst()
}

/** Oldest first. */
export function listDays(database: Kysely<ExportTables>) {
  return database.selectFrom('export.archived_days').selectAll().orderBy('day').execute()
}

export function daysIn(database: Kysely<ExportTables>, state: 'queued' | 'failed') {
  return database
    .selectFrom('export.archived_days')
    .selectAll()
    .where('state', '=', state)
    .orderBy('day')
    .execute()
}

/** The first leaf of a log that no day has. */
export async function archivedUntil(database: Kysely<ExportTables>, generation: number): Promise<number> {
  const { last } = await database
    .selectFrom('export.archived_days')
    .select(({ fn }) => fn.max('until_leaf').as('last'))
    .where('generation', '=', generation)
    .executeTakeFirstOrThrow()
  return last ?? 0
}

export async function lastDay(
  database: Kysely<ExportTables>,
  generation: number,
): Promise<string | undefined> {
  const { last } = await database
    .selectFrom('export.archived_days')
    .select(({ fn }) => fn.max('day').as('last'))
    .where('generation', '=', generation)
    .executeTakeFirstOrThrow()
  return last ?? undefined
}
