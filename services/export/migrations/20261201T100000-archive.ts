import { type Kysely, sql } from 'kysely'

/** Days of the event store that are archived, or are to be. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table export.archived_days (
    day text primary key,
    generation integer not null,
    first_leaf bigint not null,
    until_leaf bigint not null,
    state text not null,
    attempt integer not null default 1,
    actor text not null,
    requested_at timestamptz not null,
    ended_at timestamptz,
    as_of timestamptz,
    erasures_seen_at timestamptz,
    rows bigint,
    bytes bigint,
    sha256 text,
    dropped bigint,
    error text,
    manifest text
  )`.execute(database)
  await sql`create index on export.archived_days (generation, until_leaf)`.execute(database)
  await sql`grant select, insert, update on export.archived_days to airs_export`.execute(database)
}
