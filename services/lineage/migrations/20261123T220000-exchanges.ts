import { createProjectionTables } from '@airs-cp/bus'
import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await createProjectionTables(database, 'lineage', 'airs_lineage')
  await sql`create table lineage.sessions (
    session text primary key,
    tenant text not null,
    started_at timestamptz not null,
    last_active_at timestamptz not null
  )`.execute(database)
  await sql`create index on lineage.sessions (last_active_at desc)`.execute(database)
  await sql`create table lineage.exchanges (
    exchange text primary key,
    session text not null,
    tenant text not null,
    state text not null default 'open',
    format text,
    path text,
    provider text,
    model text,
    stream boolean,
    agent text,
    tags text[] not null default '{}',
    request_event uuid,
    request_action text,
    requested_at timestamptz,
    outcome_event uuid,
    response_action text,
    ended_at timestamptz,
    status integer,
    input_tokens bigint,
    output_tokens bigint,
    error_code text
  )`.execute(database)
  await sql`create index on lineage.exchanges (session, requested_at)`.execute(database)
  await sql`grant select, insert, update on lineage.sessions, lineage.exchanges to airs_lineage`.execute(
    database,
  )
}
