import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table policy.agent_exchanges (
    exchange text primary key,
    tenant text not null,
    agent text not null,
    session text not null
  )`.execute(database)
  await sql`create table policy.agent_tools (
    tenant text not null,
    agent text not null,
    tool text not null,
    calls integer not null,
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    primary key (tenant, agent, tool)
  )`.execute(database)
  await sql`create table policy.agent_steps (
    tenant text not null,
    agent text not null,
    previous text not null,
    tool text not null,
    times integer not null,
    primary key (tenant, agent, previous, tool)
  )`.execute(database)
  await sql`create table policy.agent_sessions (
    tenant text not null,
    agent text not null,
    session text not null,
    calls integer not null,
    last_tool text,
    is_reported boolean not null,
    unread integer not null default 0,
    primary key (tenant, agent, session)
  )`.execute(database)
  await sql`create table policy.anomalies (
    id uuid primary key,
    tenant text not null,
    agent text not null,
    kind text not null,
    tool text not null,
    previous text,
    session text not null,
    exchange text not null,
    explanation text not null,
    baseline json not null,
    found_at timestamptz not null
  )`.execute(database)
  await sql`create index on policy.anomalies (found_at)`.execute(database)
  await sql`grant select, insert, delete on policy.agent_exchanges to airs_policy`.execute(database)
  await sql`grant select, insert, update on policy.agent_tools, policy.agent_steps, policy.agent_sessions to airs_policy`.execute(
    database,
  )
  await sql`grant select, insert on policy.anomalies to airs_policy`.execute(database)
}
