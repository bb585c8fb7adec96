import { type Kysely, sql } from 'kysely'

/**
 * What retention has come to, for copies of events elsewhere: content of exchanges that were requested before `requested` has been erased
 * or is being erased, and events that were recorded before `recorded` have been dropped. Null where nothing was.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create view audit.retained_since as select
    (select max(before) from audit.erasures where actor = 'retention' and id = event_id) as requested,
    (select max(recorded_until) from audit.drops where state = 'dropped') as recorded`.execute(database)
  await sql`grant select on audit.retained_since to airs_audit, airs_export, airs_lineage, airs_policy`.execute(
    database,
  )
}
