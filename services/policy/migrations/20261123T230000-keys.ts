import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table policy.keys (
    id uuid primary key,
    name text not null,
    match jsonb not null,
    limits jsonb not null,
    spent_usd_micros bigint not null default 0,
    actor text not null,
    created_at timestamptz not null,
    revoked_at timestamptz
  )`.execute(database)
  await sql`grant select, insert, update on policy.keys to airs_policy`.execute(database)
}
