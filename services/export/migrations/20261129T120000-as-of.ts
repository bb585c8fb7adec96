import { type Kysely, sql } from 'kysely'

/** When what an export holds was read. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table export.exports add column as_of timestamptz`.execute(database)
}
