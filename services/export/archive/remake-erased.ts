import { appendControlEvent, type Bus } from '@airs-cp/bus'
import { eventTypes, uuidFrom } from '@airs-cp/events'
import type { Database } from '@airs-cp/postgres'
import { sql } from 'kysely'
import type { ExportTables } from '../tables.ts'
import type { ArchiveRow } from './days.ts'

/** A day that could not be archived again is tried again after this. */
const retryMinutes = 10

/**
 * Has days archived again whose files hold content that was erased since, until that succeeds. Of a day of which events were dropped
 * meanwhile, the file is the only place that has them: it stays as it is, and the day is archived as it was before.
 */
export async function remakeErased({
  bus,
  database,
}: {
  bus: Bus
  database: Database<ExportTables>
}): Promise<void> {
  const { rows } = await sql<ArchiveRow & { last: Date; isToRemake: boolean }>`
    select d.*, greatest(x.last, d.erasures_seen_at) as last, (d.state = 'failed' or exists (
      select from audit.completed_erasures c join audit.exchanges_of_erasures r on r.erasure = c.id
        join audit.recorded_events e on e.exchange = r.exchange
        join audit.recorded_leaves l on l.position = e.position and l.generation = d.generation
      where c.completed_at >= d.erasures_seen_at and c.erased_at >= d.as_of and l.leaf_index >= d.first_leaf and l.leaf_index < d.until_leaf
    )) and d.until_leaf - d.first_leaf = (
      select count(*) from audit.recorded_leaves l join audit.recorded_times using (position)
      where l.generation = d.generation and l.leaf_index >= d.first_leaf and l.leaf_index < d.until_leaf
    ) as "isToRemake"
    from export.archived_days d
      cross join (select max(completed_at) as last from audit.completed_erasures) x
    where d.state = 'archived' and x.last >= d.erasures_seen_at
      or d.state = 'failed' and d.as_of is not null and d.ended_at < now() - ${retryMinutes} * interval '1 minute'`.execute(
    database,
  )
  for (const {
    day,
    state,
    generation,
    first_leaf: from,
    until_leaf: until,
    attempt,
    last,
    isToRemake,
  } of rows)
    if (isToRemake)
      await appendControlEvent(
        bus,
        '/airs/export',
        eventTypes.archiveRequested,
        { days: [{ day, generation, from, until }], reason: 'erased', actor: 'export' },
        { id: uuidFrom('archive again', day, String(generation), String(attempt)) },
      )
    else
      await database
        .updateTable('export.archived_days')
        .set({ state: 'archived', error: null, erasures_seen_at: new Date(last.getTime() + 1) })
        .where('day', '=', day)
        .where('attempt', '=', attempt)
        .where('state', '=', state)
        .execute()
}
