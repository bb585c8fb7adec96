import { type Kysely, sql } from 'kysely'

/**
 * What proofs need beside leaves. `facts_salt` stands where `salt` was destroyed with the content of an event: what remains
 * in `audit.events` are its facts, and with that salt their digest is the one that the leaf commits to.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table audit.log_leaves add column facts_salt bytea`.execute(database)
  await sql`create or replace view audit.recorded_leaves as
    select generation, leaf_index, position, salt, facts, hash, record, facts_salt from audit.log_leaves`.execute(
    database,
  )
  await sql`create view audit.recorded_log_pending as select position from audit.log_pending`.execute(
    database,
  )
  await sql`grant select on audit.recorded_log_pending to airs_export`.execute(database)
}
