import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table policy.versions add column reason text, add column restores integer, add column backtest text`.execute(
    database,
  )
  await sql`create table policy.mode_changes (
    id uuid primary key,
    mode text not null,
    reason text not null,
    actor text not null,
    changed_at timestamptz not null
  )`.execute(database)
  await sql`create index on policy.mode_changes (changed_at)`.execute(database)
  await sql`alter table policy.activations add column rejected_version integer, add column rejected_error text`.execute(
    database,
  )
  await sql`grant select, insert on policy.mode_changes to airs_policy`.execute(database)
}
