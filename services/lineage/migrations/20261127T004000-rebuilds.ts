import { type Kysely, sql } from 'kysely'

/** An instance that has recorded before there was a graph gets it from its event store. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table lineage.rebuilds (
    id bigint generated always as identity primary key,
    position bigint not null default 0,
    until_position bigint not null,
    requested_at timestamptz not null default now(),
    finished_at timestamptz
  )`.execute(database)
  await sql`grant select, insert, update on lineage.rebuilds to airs_lineage`.execute(database)
  await sql`insert into lineage.rebuilds (until_position)
    select max(position) from audit.events having max(position) is not null`.execute(database)
}
