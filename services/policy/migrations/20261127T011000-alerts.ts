import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table policy.alerts (
    event_id uuid not null,
    target text not null,
    type text not null,
    body text not null,
    state text not null default 'waiting',
    attempts integer not null default 0,
    created_at timestamptz not null default now(),
    try_at timestamptz not null default now(),
    ended_at timestamptz,
    last_error text,
    primary key (event_id, target)
  )`.execute(database)
  await sql`create index on policy.alerts (try_at) where state = 'waiting'`.execute(database)
  await sql`create index on policy.alerts (created_at)`.execute(database)
  await sql`grant select, insert, update, delete on policy.alerts to airs_policy`.execute(database)
}
