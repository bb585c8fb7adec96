import { type Kysely, sql } from 'kysely'

/**
 * Erasure of content. The service may still not change an event: it may call a function that puts the facts of an event in
 * its place, if they are those that its leaf commits to, and destroys the salts of its leaves.
 *
 * `content_uses` says which exchanges use a piece of content: it goes when the last of them is erased. It is filled for the
 * events that are here already by `content_backfill`, before anything is erased.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`create table audit.erasures (
    id uuid primary key,
    event_id uuid not null unique,
    selection jsonb not null,
    before timestamptz not null,
    reason text not null,
    actor text not null,
    requested_at timestamptz not null,
    state text not null default 'selecting',
    selected_at timestamptz,
    completed_at timestamptz,
    events bigint not null default 0,
    shared_contents bigint not null default 0,
    messages bigint not null default 0,
    purge_due boolean not null default false,
    purges_all boolean not null default false,
    first_time timestamptz,
    last_time timestamptz
  )`.execute(database)
  await sql`create index on audit.erasures (before)`.execute(database)
  await sql`create table audit.erased_exchanges (
    exchange text primary key,
    number bigint generated always as identity unique,
    erasure uuid not null,
    erased_at timestamptz
  )`.execute(database)
  await sql`create index on audit.erased_exchanges (erasure)`.execute(database)
  await sql`create index on audit.erased_exchanges (number) where erased_at is null`.execute(database)
  await sql`create table audit.content_uses (
    sha256 text not null,
    event_id uuid not null,
    exchange text not null,
    holds boolean not null,
    primary key (sha256, event_id)
  )`.execute(database)
  await sql`create index on audit.content_uses (exchange)`.execute(database)
  await sql`create table audit.content_backfill (
    position bigint not null,
    until_position bigint not null
  )`.execute(database)
  await sql`insert into audit.content_backfill select 0, max(position) from audit.events
    having max(position) is not null`.execute(database)
  await sql`alter table audit.exchanges add column caller text`.execute(database)
  await sql`alter table audit.journals add column purge bigint`.execute(database)

  await sql`create function audit.erase_content(positions bigint[], facts text[], salts bytea) returns setof bigint
    language sql security definer set search_path = pg_catalog, pg_temp as $$
      with newest as (select max(generation) as generation from audit.logs),
      wanted as (
        select position, facts, substr($3, row::int * 32 - 31, 32) as salt
        from unnest($1, $2) with ordinality as w (position, facts, row)),
      proven as (
        select w.* from wanted w join audit.log_leaves l on l.position = w.position
        where l.generation = (select generation from newest) and l.salt is not null
          and l.facts = sha256(w.salt || convert_to(w.facts, 'UTF8'))),
      replaced as (
        update audit.events e set event = p.facts from proven p where e.position = p.position returning e.position),
      destroyed as (
        update audit.log_leaves l set salt = null,
          facts_salt = case when l.generation = (select generation from newest) then p.salt end
        from proven p where l.position = p.position returning l.position)
      select position from replaced
    $$`.execute(database)
  await sql`revoke all on function audit.erase_content from public`.execute(database)
  await sql`grant execute on function audit.erase_content to airs_audit`.execute(database)

  await sql`grant select, insert, update on audit.erasures, audit.erased_exchanges to airs_audit`.execute(
    database,
  )
  await sql`grant select, insert, delete on audit.content_uses to airs_audit`.execute(database)
  await sql`grant select, update, delete on audit.content_backfill to airs_audit`.execute(database)
  await sql`grant delete on audit.contents to airs_audit`.execute(database)
  await sql`create view audit.recorded_erasures as
    select number, exchange, erasure from audit.erased_exchanges`.execute(database)
  await sql`create view audit.completed_erasures as
    select e.id, e.completed_at, e.first_time, e.last_time,
      (select max(erased_at) from audit.erased_exchanges x where x.erasure = e.id) as erased_at
    from audit.erasures e where state = 'completed'`.execute(database)
  await sql`grant select on audit.recorded_erasures, audit.completed_erasures
    to airs_audit, airs_export, airs_lineage, airs_policy`.execute(database)
}
