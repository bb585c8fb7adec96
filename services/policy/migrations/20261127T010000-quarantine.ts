import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table policy.outbox (
    id uuid primary key,
    type text not null,
    tenant text not null,
    data json not null,
    created_at timestamptz not null default now()
  )`.execute(database)
  await sql`create table policy.quarantine_rule (
    singleton boolean primary key default true check (singleton),
    violations integer not null,
    within_seconds integer not null,
    for_seconds integer not null
  )`.execute(database)
  await sql`create table policy.violations (
    id uuid primary key,
    tenant text not null,
    session text not null,
    time timestamptz not null
  )`.execute(database)
  await sql`create index on policy.violations (tenant, session, time)`.execute(database)
  await sql`create table policy.quarantines (
    tenant text not null,
    session text not null,
    quarantined_at timestamptz not null,
    until timestamptz not null,
    cause text not null,
    reason text not null,
    policy text,
    exchange text,
    violations integer,
    actor text not null,
    released_at timestamptz,
    released_by text,
    release_reason text,
    primary key (tenant, session)
  )`.execute(database)
  await sql`create index on policy.quarantines (until)`.execute(database)
  await sql`grant select, insert, delete on policy.outbox, policy.violations to airs_policy`.execute(database)
  await sql`grant select, insert, update on policy.quarantine_rule, policy.quarantines to airs_policy`.execute(
    database,
  )
}
