import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table policy.quarantine_rules (
    id uuid primary key,
    changed_at timestamptz not null,
    violations integer not null,
    within_seconds integer not null,
    for_seconds integer not null
  )`.execute(database)
  await sql`create index on policy.quarantine_rules (changed_at)`.execute(database)
  await sql`insert into policy.quarantine_rules
    select gen_random_uuid(), now(), violations, within_seconds, for_seconds from policy.quarantine_rule`.execute(
    database,
  )
  await sql`drop table policy.quarantine_rule`.execute(database)
  await sql`create index on policy.violations (time)`.execute(database)
  await sql`alter table policy.agent_sessions add column last_seen timestamptz not null default now()`.execute(
    database,
  )
  await sql`create index on policy.agent_sessions (last_seen)`.execute(database)
  await sql`create table policy.agent_totals (
    tenant text not null,
    agent text not null,
    sessions integer not null,
    calls integer not null,
    most_calls integer not null,
    unread integer not null,
    primary key (tenant, agent)
  )`.execute(database)
  await sql`grant select, insert on policy.quarantine_rules to airs_policy`.execute(database)
  await sql`grant select, insert, update on policy.agent_totals to airs_policy`.execute(database)
  await sql`grant delete on policy.agent_sessions to airs_policy`.execute(database)
}
