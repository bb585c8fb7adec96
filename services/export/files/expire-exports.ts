import { appendControlEvent, type Bus } from '@airs-cp/bus'
import { type ExportFilters, eventTypes, uuidFrom } from '@airs-cp/events'
import type { Database } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { completedBefore } from '../exports.ts'
import { exchangeCondition, hasFilters, lastingFilters } from '../selection/selection.ts'
import type { ExportTables } from '../tables.ts'

/** Ends exports that were kept for `keepMs`. */
export async function expireExports({
  bus,
  database,
  keepMs,
}: {
  bus: Bus
  database: Database<ExportTables>
  keepMs: number
}): Promise<void> {
  for (const exportId of await completedBefore(database, new Date(Date.now() - keepMs)))
    await appendControlEvent(
      bus,
      '/airs/export',
      eventTypes.exportDeleted,
      { exportId, actor: 'export', reason: 'expired' },
      { id: uuidFrom(exportId, 'expired') },
    )
}

/** Deletes exports that hold content which was erased after it was read. */
export async function deleteErased({
  bus,
  database,
}: {
  bus: Bus
  database: Database<ExportTables>
}): Promise<void> {
  for (const { id: exportId, erasure, filters } of await overlappingErasures(database)) {
    if (hasFilters(filters) && !(await holdsErased(database, exportId, erasure, filters))) continue
    await appendControlEvent(
      bus,
      '/airs/export',
      eventTypes.exportDeleted,
      { exportId, actor: 'export', reason: 'erased' },
      { id: uuidFrom(exportId, 'erased') },
    )
  }
}

type Overlap = { id: string; erasure: string; filters: ExportFilters }

/** What an export `e` has of an exchange may be of any time: sessions are exported whole. */
const isOfAnyTime = sql`e.kind = 'sessions'`

async function overlappingErasures(database: Database<ExportTables>): Promise<Overlap[]> {
  const { rows } = await sql<Overlap>`
    select e.id, x.id as erasure, e.filters from export.exports e join audit.completed_erasures x
      on x.erased_at >= coalesce(e.as_of, e.requested_at) and (${isOfAnyTime}
        or x.last_time >= coalesce(e."from", '-infinity') and x.first_time < coalesce(e.until, 'infinity'))
    where e.state = 'completed'`.execute(database)
  return rows
}

/** A filter whose answer may have changed since then lets nothing stay: what such an export has is judged by its other filters. */
async function holdsErased(
  database: Database<ExportTables>,
  id: string,
  erasure: string,
  filters: ExportFilters,
): Promise<boolean> {
  const chosen = exchangeCondition(lastingFilters(filters))
  const { rows } = await sql`
    select 1 from audit.recorded_events r join export.exports e on e.id = ${id}
    where exchange in (select exchange from audit.exchanges_of_erasures where erasure = ${erasure})
      and case when ${isOfAnyTime} then session in (select session from audit.recorded_events where ${chosen})
        else time >= coalesce(e."from", '-infinity') and time < coalesce(e.until, 'infinity')
          and exchange in (select exchange from audit.recorded_events where ${chosen}) end
    limit 1`.execute(database)
  return rows.length > 0
}
