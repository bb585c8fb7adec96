import { eventTypes } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'
import type { DayOfEvents } from './plan-drop.ts'

/**
 * Whether every event of a day is in the file of an archived day. Archived days follow each other without a gap, so the last one
 * says how far the archive of this log goes. All events of the day have their leaf.
 */
export async function isArchived(
  database: Kysely<AuditTables>,
  { after, until }: DayOfEvents,
): Promise<boolean> {
  const { rows } = await sql<{ isArchived: boolean }>`
    select not exists (
      select from audit.log_leaves l where l.generation = log.generation
        and l.position > ${after} and l.position <= ${until} and l.leaf_index >= coalesce(archived.until, 0)
    ) as "isArchived"
    from (select max(generation) as generation from audit.logs) log,
      lateral (
        select max((event::json -> 'data' ->> 'until')::bigint) as until from audit.events
        where type = ${eventTypes.dayArchived} and (event::json -> 'data' ->> 'generation')::int = log.generation
      ) archived`.execute(database)
  return rows[0]!.isArchived
}
