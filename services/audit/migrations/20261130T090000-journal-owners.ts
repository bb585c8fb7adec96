import { type Kysely, sql } from 'kysely'

/** The ingress whose journal it is: the one in whose subject space its first event came. Null of those of version 0.1. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table audit.journals add column ingress text`.execute(database)
}
