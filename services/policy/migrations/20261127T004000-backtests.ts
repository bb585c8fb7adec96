import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table policy.backtests (
    id uuid primary key,
    state text not null default 'queued',
    request json not null,
    actor text not null,
    requested_at timestamptz not null,
    ended_at timestamptz,
    digest text,
    report json,
    error text
  )`.execute(database)
  await sql`create index on policy.backtests (digest) where digest is not null`.execute(database)
  await sql`create index on policy.backtests (requested_at)`.execute(database)
  await sql`grant select, insert, update on policy.backtests to airs_policy`.execute(database)
  await sql`grant usage on schema audit to airs_policy`.execute(database)
  await sql`grant select on audit.recorded_events, audit.recorded_contents to airs_policy`.execute(database)
}
