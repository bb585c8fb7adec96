import { type Kysely, sql } from 'kysely'

/** What waits is sent, and counted, by address. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create index alerts_waiting on policy.alerts (target, try_at) where state = 'waiting'`.execute(
    database,
  )
  await sql`drop index policy.alerts_try_at_idx`.execute(database)
}
