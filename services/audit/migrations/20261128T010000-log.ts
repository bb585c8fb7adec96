import { type Kysely, sql } from 'kysely'

/**
 * The transparency log. Its rows are only ever added: a leaf per event, and the hashes of full tiles. `log_pending` holds
 * the positions of events that have no leaf yet. A trigger fills it in the transaction that stores the events, because
 * positions are not in the order of commits: what is behind the last leaf may still appear before it.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table audit.logs (
    generation integer primary key,
    origin text not null unique,
    begun_at timestamptz not null default now(),
    predecessor text
  )`.execute(database)
  await sql`create table audit.log_leaves (
    generation integer not null,
    leaf_index bigint not null,
    position bigint not null,
    salt bytea,
    facts bytea not null,
    hash bytea not null,
    record text not null,
    primary key (generation, leaf_index)
  )`.execute(database)
  await sql`create unique index on audit.log_leaves (position, generation)`.execute(database)
  await sql`create table audit.log_nodes (
    generation integer not null,
    level smallint not null,
    node_index bigint not null,
    hash bytea not null,
    primary key (generation, level, node_index)
  )`.execute(database)
  await sql`create table audit.log_checkpoints (
    generation integer primary key,
    size bigint not null,
    note text not null,
    published_at timestamptz not null default now()
  )`.execute(database)

  await sql`create table audit.log_pending (position bigint not null)`.execute(database)
  await sql`alter table audit.log_pending set (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000
  )`.execute(database)
  await sql`create function audit.queue_for_log() returns trigger language plpgsql as $$
    begin
      insert into audit.log_pending select position from added;
      return null;
    end $$`.execute(database)
  await sql`create trigger queue_for_log after insert on audit.events
    referencing new table as added for each statement execute function audit.queue_for_log()`.execute(
    database,
  )
  await sql`insert into audit.log_pending select position from audit.events`.execute(database)

  await sql`grant select, insert on audit.logs, audit.log_leaves, audit.log_nodes to airs_audit`.execute(
    database,
  )
  await sql`grant select, insert, delete on audit.log_pending to airs_audit`.execute(database)
  await sql`grant select, insert, update on audit.log_checkpoints to airs_audit`.execute(database)

  await sql`create view audit.recorded_leaves as
    select generation, leaf_index, position, salt, facts, hash, record from audit.log_leaves`.execute(
    database,
  )
  await sql`create view audit.recorded_log_nodes as
    select generation, level, node_index, hash from audit.log_nodes`.execute(database)
  await sql`create view audit.recorded_checkpoints as
    select l.generation, l.origin, c.size, c.note
    from audit.logs l join audit.log_checkpoints c using (generation)`.execute(database)
  await sql`grant select on audit.recorded_leaves, audit.recorded_log_nodes, audit.recorded_checkpoints
    to airs_export`.execute(database)
}
