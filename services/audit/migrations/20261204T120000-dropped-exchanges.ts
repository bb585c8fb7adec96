import { type Kysely, sql } from 'kysely'

/** An erasure counts its exchanges also when they are dropped. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table audit.erasures add column dropped_exchanges bigint not null default 0`.execute(
    database,
  )
}
