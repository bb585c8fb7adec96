import { type Kysely, sql } from 'kysely'

/**
 * Sessions belong to their caller. Those that are here already have none, as those of clients without a credential. So have those that
 * version 0.1 makes in an upgrade, as long as it still runs; it knows no names.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table lineage.sessions add column name text, add column caller text not null default ''`.execute(
    database,
  )
  await sql`update lineage.sessions set name = session`.execute(database)
  await sql`alter table lineage.sessions alter column name set not null`.execute(database)
  await sql`create function lineage.name_session() returns trigger language plpgsql as $$
    begin new.name := new.session; return new; end $$`.execute(database)
  await sql`create trigger name_session before insert on lineage.sessions
    for each row when (new.name is null) execute function lineage.name_session()`.execute(database)
}
