import { addFloors } from '@airs-cp/bus'
import { type Kysely, sql } from 'kysely'

/**
 * How far each stream is applied without a gap; which events were imported, and with which import; and what projections of other
 * services read again when their stream has lost it.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await addFloors(database, 'audit')
  await sql`create table audit.imported_events (
    event_id uuid primary key,
    import_id uuid not null
  )`.execute(database)
  await sql`create index on audit.imported_events (import_id)`.execute(database)
  await sql`grant select, insert on audit.imported_events to airs_audit`.execute(database)
  await sql`create or replace view audit.recorded_positions as
    select projection, stream_sequence, floor, stream_created from audit.positions`.execute(database)
  await sql`create view audit.stored_events as
    select position, type, recorded_at, event,
      exists (select from audit.imported_events i where i.event_id = e.id) as imported
    from audit.events e`.execute(database)
  await sql`grant select on audit.recorded_positions, audit.stored_events to airs_export, airs_lineage, airs_policy`.execute(
    database,
  )
}
