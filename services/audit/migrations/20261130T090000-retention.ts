import { type Kysely, sql } from 'kysely'

/**
 * Holds, and drops of days. The service may still not delete an event: it may call a function that deletes those of a drop that
 * is sealed, whose event has its leaf, and which is old enough. Of each leaf the hash stays, in `dropped_leaves`: the tree is as
 * it was.
 *
 * Nothing here touches the rows of a store: it takes the same time however many there are.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table audit.holds (
    id uuid primary key,
    event_id uuid not null unique,
    selection jsonb not null,
    reason text not null,
    actor text not null,
    placed_at timestamptz not null,
    released_at timestamptz,
    released_by text,
    release_reason text
  )`.execute(database)
  await sql`create table audit.retention_rules (
    number bigint generated always as identity primary key,
    event_id uuid not null unique,
    content_days integer,
    metadata_days integer,
    reason text not null,
    actor text not null,
    set_at timestamptz not null
  )`.execute(database)
  await sql`create table audit.drops (
    number bigint generated always as identity primary key,
    id uuid not null unique,
    event_id uuid not null unique,
    day date not null,
    recorded_until timestamptz not null,
    after_position bigint not null,
    until_position bigint not null,
    generation integer not null,
    first_leaf bigint,
    until_leaf bigint,
    events bigint not null default 0,
    kept bigint not null default 0,
    first_time timestamptz,
    last_time timestamptz,
    record text,
    note text,
    signed_by text,
    state text not null,
    progress bigint not null,
    sealed_at timestamptz not null default now(),
    completed_at timestamptz
  )`.execute(database)
  await sql`create index on audit.drops (until_position, number)`.execute(database)
  await sql`create table audit.drop_kept (
    drop_number bigint not null,
    position bigint not null,
    primary key (drop_number, position)
  )`.execute(database)
  await sql`create table audit.dropped_leaves (
    generation integer not null,
    first bigint not null,
    hashes bytea not null,
    primary key (generation, first)
  )`.execute(database)
  await sql`alter table audit.erasures add column held bigint not null default 0`.execute(database)

  await sql`create function audit.drop_events(drop_number bigint, most integer)
    returns table (event_id uuid, exchange text)
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
    #variable_conflict use_column
    declare
      d audit.drops;
      days integer;
    begin
      select * into d from audit.drops s where s.number = $1 and s.state = 'announced' for update;
      if not found then
        raise exception 'Drop % is not sealed', $1;
      end if;
      select least(184, r.metadata_days) into days from audit.retention_rules r order by r.number desc limit 1;
      if d.recorded_until > now() - make_interval(days => greatest(8, coalesce(days, 184))) then
        raise exception 'Drop % is of events that are to be kept', $1;
      end if;
      if not exists (select from audit.events e join audit.log_leaves l on l.position = e.position
          where e.id = d.event_id and e.type = 'airs.drop-sealed.v1') then
        raise exception 'Drop % has no event in the log', $1;
      end if;
      return query
        with victims as materialized (
          select e.position, e.id, e.exchange from audit.events e
          where e.position > d.progress and e.position <= d.until_position and e.recorded_at < d.recorded_until
            and (e.exchange is not null or e.journal is not null)
            and not exists (select from audit.drop_kept k where k.drop_number = d.number and k.position = e.position)
          order by e.position limit $2),
        gone as (delete from audit.events e using victims v where e.position = v.position),
        leaves as (
          delete from audit.log_leaves l using victims v where l.position = v.position
          returning l.generation, l.leaf_index, l.hash),
        islands as (
          select generation, leaf_index, hash,
            leaf_index - row_number() over (partition by generation order by leaf_index) as island
          from leaves),
        hashes as (
          insert into audit.dropped_leaves (generation, first, hashes)
          select generation, min(leaf_index), string_agg(hash, ''::bytea order by leaf_index)
          from islands group by generation, island, leaf_index / 256),
        advanced as (
          update audit.drops s set progress = coalesce((select max(v.position) from victims v), d.until_position)
          where s.number = d.number)
        select v.id, v.exchange from victims v;
    end $$`.execute(database)
  await sql`revoke all on function audit.drop_events from public`.execute(database)
  await sql`grant execute on function audit.drop_events to airs_audit`.execute(database)

  await sql`grant select, insert, update on audit.holds, audit.retention_rules, audit.drops to airs_audit`.execute(
    database,
  )
  await sql`grant select, insert, delete on audit.drop_kept to airs_audit`.execute(database)
  await sql`grant select on audit.dropped_leaves to airs_audit`.execute(database)
  await sql`grant delete on audit.imported_events, audit.erased_exchanges to airs_audit`.execute(database)

  await sql`create view audit.recorded_dropped_leaves as
    select generation, first, hashes from audit.dropped_leaves`.execute(database)
  await sql`create view audit.sealed_drops as
    select generation, first_leaf, until_leaf, note from audit.drops where note is not null`.execute(database)
  await sql`grant select on audit.recorded_dropped_leaves, audit.sealed_drops to airs_export`.execute(
    database,
  )
  await sql`create view audit.completed_drops as
    select number, recorded_until from audit.drops where state = 'dropped' and events > 0`.execute(database)
  await sql`create view audit.recorded_exchanges as
    select exchange from audit.exchanges`.execute(database)
  await sql`grant select on audit.completed_drops, audit.recorded_exchanges to airs_lineage`.execute(database)
}
