import { type Kysely, sql } from 'kysely'

/** How many nodes a flow has left out; and flows as they are, for exports. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table lineage.flows add column omitted integer not null default 0`.execute(database)
  await sql`create view lineage.exported_flows as
    select session, exchange, direction, nodes, reference, omitted from lineage.flows`.execute(database)
  await sql`grant select on lineage.exported_flows to airs_export, airs_lineage`.execute(database)
}
