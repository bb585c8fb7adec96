import { type Kysely, sql } from 'kysely'

/**
 * Looks each piece up in the index of uses. As a join, Postgres expects ten times as many pieces as it is given, and reads all uses of the
 * store for a batch of twenty.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create or replace function audit.pieces_around(digests text[]) returns table (sha256 text, around text)
    language sql stable as $$
      with recursive found as (
        select one as sha256, one as around from unnest(digests) one
        union
        select f.sha256, larger.within from found f, lateral (
          select u.within from audit.content_uses u where u.sha256 = f.around and u.within is not null offset 0) larger)
      select * from found
    $$`.execute(database)
}
