import { type Kysely, sql } from 'kysely'

/** Words do not get smaller by compression: Postgres tried, and stored them as they were. What is here already stays as it is. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table audit.exchange_words alter column words set storage external`.execute(database)
}
