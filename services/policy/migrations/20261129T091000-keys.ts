import { type Kysely, sql } from 'kysely'

/** Keys fix who presents them, have former secrets, and spend by day, so that a budget may have a period. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table policy.keys
    add column fixed jsonb not null default '{}',
    add column former jsonb not null default '[]',
    add column changed_at timestamptz`.execute(database)
  await sql`create table policy.key_spending (
    key_id uuid not null,
    day date not null,
    usd_micros bigint not null,
    primary key (key_id, day)
  )`.execute(database)
  await sql`create index on policy.key_spending (day)`.execute(database)
  await sql`grant select, insert, update, delete on policy.key_spending to airs_policy`.execute(database)
}
