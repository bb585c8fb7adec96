import { type Kysely, sql } from 'kysely'

/** In its place is an index of long sessions alone (`schema.ts`): to be entered here cost each session more than all the rest of it. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`drop index if exists lineage.sessions_span_idx`.execute(database)
}
