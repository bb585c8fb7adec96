import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table export.exports
    add column compression text not null default 'none',
    add column include_lineage boolean not null default false,
    add column filters jsonb not null default '{}',
    add column idempotency_key text,
    add column manifest text`.execute(database)
  await sql`create unique index on export.exports (actor, idempotency_key)`.execute(database)
  await sql`create index on export.exports (ended_at) where state = 'completed'`.execute(database)
}
