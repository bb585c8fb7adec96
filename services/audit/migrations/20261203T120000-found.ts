import { type Kysely, sql } from 'kysely'

/** What exchanges are searched for, for exports of what a search finds. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create view audit.found_exchanges as
    select exchange, agent, key_id, key_name, credential, decision, policies, verdicts, status, state
    from audit.exchanges`.execute(database)
  await sql`create view audit.found_words as select exchange, words from audit.exchange_words`.execute(
    database,
  )
  await sql`grant select on audit.found_exchanges, audit.found_words to airs_audit, airs_export`.execute(
    database,
  )
}
