import { type Kysely, sql } from 'kysely'

/**
 * A piece of content that several exchanges use goes with the last of them. Whoever keeps copies of events must hear that one of the
 * exchange that had recorded it is erased, although that exchange was of another erasure.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table audit.erased_pieces (
    exchange text not null,
    erasure uuid not null,
    primary key (exchange, erasure)
  )`.execute(database)
  await sql`create index on audit.erased_pieces (erasure)`.execute(database)
  await sql`grant select, insert, delete on audit.erased_pieces to airs_audit`.execute(database)
  await sql`create view audit.exchanges_of_erasures as
    select exchange, erasure from audit.erased_exchanges
    union all select exchange, erasure from audit.erased_pieces`.execute(database)
  await sql`grant select on audit.exchanges_of_erasures to airs_export`.execute(database)
}
