import { type Kysely, sql } from 'kysely'

/** Names that exchanges have, for exports that ask for another one. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create view audit.known_values as select kind, value from audit.search_values`.execute(database)
  await sql`grant select on audit.known_values to airs_audit, airs_export`.execute(database)
}
