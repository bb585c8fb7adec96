import { type Kysely, sql } from 'kysely'

/** What the rules of the tables need; see `schema.ts`. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`grant delete on lineage.dead_letters to airs_lineage`.execute(database)
}
