import { type Kysely, sql } from 'kysely'

/**
 * When all content of an erasure was gone, noted after it was: whoever read before that may have some of it. The times of its exchanges
 * are those at which transactions began, and somebody may have read since.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table audit.erasures add column erased_at timestamptz`.execute(database)
  await sql`create or replace view audit.completed_erasures as
    select e.id, e.completed_at, e.first_time, e.last_time, coalesce(e.erased_at,
      (select max(erased_at) from audit.erased_exchanges x where x.erasure = e.id)) as erased_at
    from audit.erasures e where state = 'completed'`.execute(database)
}
