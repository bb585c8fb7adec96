import { createProjectionTables } from '@airs-cp/bus'
import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await createProjectionTables(database, 'export', 'airs_export')
  await sql`create table export.exports (
    id uuid primary key,
    kind text not null,
    format text not null,
    "from" timestamptz,
    until timestamptz,
    actor text not null,
    requested_at timestamptz not null,
    state text not null default 'queued',
    rows bigint,
    bytes bigint,
    sha256 text,
    error text,
    ended_at timestamptz
  )`.execute(database)
  await sql`create index on export.exports (requested_at desc)`.execute(database)
  await sql`grant select, insert, update on export.exports to airs_export`.execute(database)
}
