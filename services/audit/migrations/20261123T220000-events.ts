import { createProjectionTables } from '@airs-cp/bus'
import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await createProjectionTables(database, 'audit', 'airs_audit')
  await sql`create table audit.events (
    position bigint generated always as identity primary key,
    id uuid not null unique,
    type text not null,
    tenant text not null,
    session text,
    exchange text,
    journal text,
    sequence bigint,
    time timestamptz not null,
    recorded_at timestamptz not null default now(),
    event text not null,
    unique (journal, sequence)
  )`.execute(database)
  await sql`create index on audit.events (time, id)`.execute(database)
  await sql`create index on audit.events (exchange) where exchange is not null`.execute(database)
  await sql`create index on audit.events (session, time) where session is not null`.execute(database)
  await sql`create index on audit.events (time) where type = 'airs.exchange-abandoned.v1'`.execute(database)
  await sql`create table audit.contents (
    sha256 text primary key,
    event_id uuid not null
  )`.execute(database)
  await sql`create table audit.journals (
    journal text primary key,
    committed bigint not null,
    seen bigint not null,
    updated_at timestamptz not null default now()
  )`.execute(database)
  await sql`create table audit.open_exchanges (
    exchange text primary key,
    request_event uuid not null,
    session text,
    journal text,
    tenant text not null,
    source text not null,
    time timestamptz not null
  )`.execute(database)
  await sql`create index on audit.open_exchanges (time)`.execute(database)
  await sql`create index on audit.open_exchanges (source)`.execute(database)
  await sql`create table audit.ended_ingresses (
    source text primary key,
    journals jsonb not null,
    ended_at timestamptz not null
  )`.execute(database)
  await sql`create table audit.gaps (
    journal text not null,
    from_sequence bigint not null,
    to_sequence bigint not null,
    lost boolean not null,
    found_at timestamptz not null default now(),
    closed_at timestamptz,
    primary key (journal, from_sequence)
  )`.execute(database)
  await sql`grant select, insert on audit.events, audit.contents to airs_audit`.execute(database)
  await sql`grant select, insert, update on audit.journals to airs_audit`.execute(database)
  await sql`grant select, insert, update on audit.gaps to airs_audit`.execute(database)
  await sql`grant select, insert, delete on audit.open_exchanges, audit.ended_ingresses to airs_audit`.execute(
    database,
  )

  await sql`create view audit.recorded_events as
    select position, id, type, tenant, session, exchange, journal, sequence, time, event from audit.events`.execute(
    database,
  )
  await sql`create view audit.recorded_contents as select sha256, event_id from audit.contents`.execute(
    database,
  )
  await sql`create view audit.recorded_positions as select projection, stream_sequence from audit.positions`.execute(
    database,
  )
  await sql`grant usage on schema audit to airs_export`.execute(database)
  await sql`grant select on audit.recorded_events, audit.recorded_contents, audit.recorded_positions to airs_export`.execute(
    database,
  )
}
