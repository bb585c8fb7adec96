import { type Kysely, sql } from 'kysely'

/**
 * A piece of content may be made of other pieces, which are needed as long as it is. `within` says which piece an event records that
 * is made of another one; two functions go up and down.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table audit.content_uses add column within text`.execute(database)
  await sql`create function audit.pieces_around(digests text[]) returns table (sha256 text, around text)
    language sql stable as $$
      with recursive found as (
        select one as sha256, one as around from unnest(digests) one
        union
        select f.sha256, u.within from found f join audit.content_uses u on u.sha256 = f.around
        where u.within is not null)
      select * from found
    $$`.execute(database)
  await sql`create function audit.pieces_within(digests text[]) returns setof text
    language sql stable as $$
      with recursive found as (
        select one as sha256 from unnest(digests) one
        union
        select u.sha256 from found f
          join audit.content_uses h on h.sha256 = f.sha256 and h.holds
          join audit.content_uses u on u.exchange = h.exchange and u.event_id = h.event_id and u.within = h.sha256)
      select * from found
    $$`.execute(database)
  await sql`create view audit.recorded_uses as
    select sha256, event_id, exchange, holds, within from audit.content_uses`.execute(database)
  await sql`grant select on audit.recorded_uses to airs_audit, airs_export`.execute(database)
}
