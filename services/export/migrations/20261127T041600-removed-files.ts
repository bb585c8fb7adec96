import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table export.exports add column files_removed_at timestamptz`.execute(database)
  await sql`create index on export.exports (id)
    where files_removed_at is null and state not in ('queued', 'completed')`.execute(database)
}
