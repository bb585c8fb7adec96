import { type Kysely, sql } from 'kysely'

/** When the event store took each event: an archive has the events of a day. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create view audit.recorded_times as select position, recorded_at from audit.events`.execute(
    database,
  )
  await sql`grant select on audit.recorded_times to airs_export`.execute(database)
}
