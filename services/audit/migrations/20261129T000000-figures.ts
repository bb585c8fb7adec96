import { type Kysely, sql } from 'kysely'

/**
 * Figures of exchanges by time, and who changed what of the control plane. Both are derived from the events. What is there
 * already is derived anew, beside everything else: the rows of exchanges are rebuilt, because figures change with them.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`truncate audit.exchanges`.execute(database)
  await sql`alter table audit.exchanges add column verdicts text[] not null`.execute(database)
  await sql`delete from audit.search_backfill`.execute(database)
  await sql`insert into audit.search_backfill select 0, max(position) from audit.events
    having max(position) is not null`.execute(database)

  await sql`create table audit.figures (
    step_seconds integer not null,
    kind text not null,
    value text not null,
    at timestamptz not null,
    exchanges bigint not null,
    open bigint not null,
    failed bigint not null,
    input_tokens bigint not null,
    output_tokens bigint not null,
    cost_usd_micros bigint not null,
    latencies bigint[],
    primary key (step_seconds, kind, at, value)
  )`.execute(database)
  await sql`create index on audit.figures (step_seconds, at)`.execute(database)
  await sql`create table audit.figures_pending (
    number bigint generated always as identity primary key,
    deltas jsonb not null
  )`.execute(database)
  await sql`create table audit.figure_values (
    kind text not null,
    value text not null,
    primary key (kind, value)
  )`.execute(database)
  await sql`create table audit.changes (
    number bigint generated always as identity primary key,
    event_id uuid not null unique,
    time timestamptz not null,
    kind text not null,
    subject text not null,
    actor text not null
  )`.execute(database)
  await sql`create index on audit.changes (kind, subject, time, number)`.execute(database)
  await sql`create index on audit.changes (time, number)`.execute(database)
  await sql`create index on audit.changes (actor, time, number)`.execute(database)
  await sql`grant select, insert, update, delete on audit.figures, audit.figures_pending, audit.figure_values
    to airs_audit`.execute(database)
  await sql`grant select, insert on audit.changes to airs_audit`.execute(database)
}
