import { type Kysely, sql } from 'kysely'

/** Up to which number exchanges are erased here too; and what that needs. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table lineage.erasures_applied (number bigint not null)`.execute(database)
  await sql`insert into lineage.erasures_applied values (0)`.execute(database)
  await sql`grant select, update on lineage.erasures_applied to airs_lineage`.execute(database)
  await sql`grant delete on lineage.flows, lineage.nodes to airs_lineage`.execute(database)
}
