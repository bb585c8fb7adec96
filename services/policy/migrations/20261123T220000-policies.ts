import { createProjectionTables } from '@airs-cp/bus'
import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await createProjectionTables(database, 'policy', 'airs_policy')
  await sql`create table policy.versions (
    name text not null,
    version integer not null,
    document text,
    actor text not null,
    applied_at timestamptz not null,
    primary key (name, version)
  )`.execute(database)
  await sql`create table policy.settings (
    singleton boolean primary key default true check (singleton),
    mode text not null,
    mode_reason text not null,
    set_version integer not null
  )`.execute(database)
  await sql`grant select, insert on policy.versions to airs_policy`.execute(database)
  await sql`grant select, insert, update on policy.settings to airs_policy`.execute(database)
}
