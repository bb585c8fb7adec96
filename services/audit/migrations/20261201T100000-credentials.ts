import { type Kysely, sql } from 'kysely'

/** By which credential an exchange was asked for: its fingerprint. Rows of before have none. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table audit.exchanges add column credential text`.execute(database)
}
