import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table policy.revisions (part text primary key, version integer not null)`.execute(database)
  await sql`grant select, insert, update on policy.revisions to airs_policy`.execute(database)
  await sql`alter table policy.settings add column mode_message text`.execute(database)
  await sql`alter table policy.mode_changes add column message text`.execute(database)
  await sql`alter table policy.activations
    add column mode_version integer,
    add column keys_version integer,
    add column quarantine_version integer`.execute(database)
}
