import { eventTypes } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'
import type { DayOfEvents } from './plan-drop.ts'

/**
 * Whether every event of a day is in the file of an archived day of this log, or of a day that can have none, because other events of it
 * were dropped before. One day may fail while later ones are archived; what was imported speaks of another log. All events of the day
 * have their leaf.
 */
export async function isArchived(
  database: Kysely<AuditTables>,
  { after, until }: DayOfEvents,
): Promise<boolean> {
  const { rows } = await sql<{ isArchived: boolean }>`
    with own as (
      select type, event::json -> 'data' as data from audit.events e
      where type in (${eventTypes.dayArchived}, ${eventTypes.archiveRequested})
        and not exists (select from audit.imported_events i where i.event_id = e.id)),
    days as (
      select data as day from own where type = ${eventTypes.dayArchived}
      union all
      select day from own, json_array_elements(data -> 'days') as day
      where type = ${eventTypes.archiveRequested} and (day ->> 'dropped')::bigint > 0),
    log as (select max(generation) as generation from audit.logs),
    archived as (
      select range_agg(int8range((day ->> 'from')::bigint, (day ->> 'until')::bigint)) as leaves
      from days, log where (day ->> 'generation')::int = log.generation)
    select not exists (
      select from audit.log_leaves l, log, archived where l.generation = log.generation
        and l.position > ${after} and l.position <= ${until}
        and not coalesce(archived.leaves @> l.leaf_index, false)
    ) as "isArchived"`.execute(database)
  return rows[0]!.isArchived
}
