import { type Kysely, sql } from 'kysely'

/** What an exchange over the Model Context Protocol asks for, such as `tools/call search`. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table lineage.exchanges add column operation text`.execute(database)
}
