import { type Kysely, sql } from 'kysely'

/** A caller may be quarantined as a whole: a row without a session. The rule says what it quarantines. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table policy.quarantine_rules add column target text not null default 'session'`.execute(
    database,
  )
  await sql`create index on policy.violations (caller, time)`.execute(database)
}
