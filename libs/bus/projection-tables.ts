import { type Kysely, sql } from 'kysely'

/**
 * Creates what the projection runner keeps in a service's schema: the inbox of applied event ids, positions and dead
 * letters; and grants their use to the service's role. For use in that schema's first migration.
 */
export async function createProjectionTables(
  database: Kysely<unknown>,
  schema: string,
  role: string,
): Promise<void> {
  const table = (name: string) => sql.id(schema, name)
  await sql`create table ${table('applied_events')} (
    event_id text primary key,
    applied_at timestamptz not null default now()
  )`.execute(database)
  await sql`create index on ${table('applied_events')} (applied_at)`.execute(database)
  await sql`create table ${table('positions')} (
    projection text primary key,
    stream_sequence bigint not null,
    updated_at timestamptz not null default now()
  )`.execute(database)
  await sql`create table ${table('dead_letters')} (
    id bigint generated always as identity primary key,
    projection text not null,
    event_id text not null,
    subject text not null,
    payload bytea not null,
    error text not null,
    failed_at timestamptz not null default now(),
    attempts integer not null default 1,
    replayed_at timestamptz,
    unique (projection, event_id)
  )`.execute(database)
  await sql`grant usage on schema ${sql.id(schema)} to ${sql.id(role)}`.execute(database)
  await sql`grant select, insert, delete on ${table('applied_events')} to ${sql.id(role)}`.execute(database)
  await sql`grant select, insert, update on ${table('positions')}, ${table('dead_letters')} to ${sql.id(role)}`.execute(
    database,
  )
}

/**
 * Adds to those tables what is known of the stream's floor, see `StoredPlace`, and what is to be read again from the event
 * store. For use in a later migration of each schema.
 */
export async function addFloors(database: Kysely<unknown>, schema: string): Promise<void> {
  await sql`alter table ${sql.id(schema, 'positions')}
    add column if not exists floor bigint not null default 0,
    add column if not exists floor_published_at timestamptz,
    add column if not exists stream_created text,
    add column if not exists reread_after bigint,
    add column if not exists reread_floor bigint`.execute(database)
}

/** Kysely's view of those tables. */
export type ProjectionTables = {
  applied_events: { event_id: string; applied_at: Date }
  positions: {
    projection: string
    stream_sequence: number
    updated_at: Date
    floor: number
    floor_published_at: Date | null
    stream_created: string | null
    reread_after: number | null
    reread_floor: number | null
  }
  dead_letters: {
    id: number
    projection: string
    event_id: string
    subject: string
    payload: Buffer
    error: string
    failed_at: Date
    attempts: number
    replayed_at: Date | null
  }
}
