import { type Kysely, sql } from 'kysely'

/** Reports the export service how far the projection has come. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create view lineage.recorded_positions as
    select projection, stream_sequence from lineage.positions`.execute(database)
  await sql`grant select on lineage.recorded_positions to airs_export`.execute(database)
}
