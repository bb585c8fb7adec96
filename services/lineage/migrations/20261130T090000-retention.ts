import { type Kysely, sql } from 'kysely'

/** Up to which drop exchanges are dropped here too, and how far it has come with the next one. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table lineage.drops_applied (number bigint not null, after text not null)`.execute(
    database,
  )
  await sql`insert into lineage.drops_applied values (0, '')`.execute(database)
  await sql`grant select, update on lineage.drops_applied to airs_lineage`.execute(database)
  await sql`grant delete on lineage.exchanges, lineage.sessions to airs_lineage`.execute(database)
}
