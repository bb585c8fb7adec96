import { type Kysely, sql } from 'kysely'

/**
 * What is searched: a row per exchange, its labels in the order of time, and the words of its conversation. All of it is
 * derived from the events. `search_backfill` leads over the events that were recorded before there was a search.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table audit.exchanges (
    exchange uuid primary key,
    tenant text not null,
    session text,
    state text not null,
    requested_at timestamptz,
    ended_at timestamptz,
    format text,
    path text,
    provider text,
    model text,
    answered_model text,
    agent text,
    key_id text,
    key_name text,
    tags text[] not null,
    decision text,
    policies text[] not null,
    findings integer not null,
    finding_types text[] not null,
    status integer,
    error_code text,
    input_tokens bigint,
    output_tokens bigint,
    cost_usd_micros bigint,
    duration_ms double precision
  )`.execute(database)
  await sql`create index on audit.exchanges (exchange) where state = 'open'`.execute(database)
  await sql`create table audit.exchange_labels (
    label bigint not null,
    exchange uuid not null,
    primary key (label, exchange)
  )`.execute(database)
  await sql`create table audit.search_values (
    kind text not null,
    value text not null,
    primary key (kind, value)
  )`.execute(database)
  await sql`create table audit.exchange_words (
    number bigint generated always as identity primary key,
    exchange uuid not null unique,
    words tsvector not null
  )`.execute(database)
  await sql`create index on audit.exchange_words using gin (words)`.execute(database)
  await sql`create table audit.words_pending (exchange uuid not null)`.execute(database)
  await sql`create table audit.search_backfill (
    position bigint not null,
    until_position bigint not null
  )`.execute(database)
  await sql`insert into audit.search_backfill select 0, max(position) from audit.events
    having max(position) is not null`.execute(database)

  await sql`grant select, insert, update, delete on audit.exchanges, audit.exchange_labels, audit.search_values,
    audit.exchange_words, audit.words_pending, audit.search_backfill to airs_audit`.execute(database)
  await sql`grant usage on sequence audit.exchange_words_number_seq to airs_audit`.execute(database)
}
