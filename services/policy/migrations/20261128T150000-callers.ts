import { type Kysely, sql } from 'kysely'

/** Sessions belong to their caller. What is here already has none, and holds for whoever names the session. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table policy.violations add column caller text not null default ''`.execute(database)
  await sql`alter table policy.quarantines add column caller text not null default ''`.execute(database)
  await sql`alter table policy.quarantines drop constraint quarantines_pkey,
    add primary key (tenant, session, caller)`.execute(database)
}
