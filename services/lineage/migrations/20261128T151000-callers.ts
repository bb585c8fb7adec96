import { type Kysely, sql } from 'kysely'

/** Sessions belong to their caller. Those that are here already have none, as those of clients without a credential. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table lineage.sessions add column name text, add column caller text not null default ''`.execute(
    database,
  )
  await sql`update lineage.sessions set name = session`.execute(database)
  await sql`alter table lineage.sessions alter column name set not null`.execute(database)
}
