import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table policy.activations (
    source text primary key,
    set_version integer not null,
    silent boolean not null default false,
    updated_at timestamptz not null
  )`.execute(database)
  await sql`grant select, insert, update, delete on policy.activations to airs_policy`.execute(database)
}
