import { type Kysely, sql } from 'kysely'

/**
 * What a request repeats of an earlier one is not listed again: it names that one, and `ranges` of its nodes. A flow without a base has
 * all of its nodes, as all have that are here already, and those that version 0.1 stores in an upgrade as long as it runs. Whoever reads
 * the views finds every flow whole.
 */
export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`alter table lineage.flows add column base text, add column ranges integer[],
    add column turn integer not null default 0`.execute(database)
  await sql`create function lineage.put_together(base uuid[], ranges integer[], nodes uuid[]) returns uuid[]
    language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
    declare
      whole uuid[] := '{}';
      own integer := 1;
    begin
      for at in 1 .. cardinality(ranges) by 2 loop
        if ranges[at] = 0 then
          whole := whole || nodes[own : own + ranges[at + 1] - 1];
          own := own + ranges[at + 1];
        else
          whole := whole || base[ranges[at] : ranges[at] + ranges[at + 1] - 1];
        end if;
      end loop;
      return whole;
    end $$`.execute(database)
  await sql`create function lineage.whole_flows(of_session text)
    returns table (exchange text, direction text, nodes uuid[], reference text, omitted integer)
    language sql stable rows 200 security definer set search_path = pg_catalog, pg_temp as $$
      with recursive own as materialized (select f.* from lineage.flows f where f.session = of_session),
      whole as (
        select o.exchange, o.direction, o.nodes, o.reference, o.omitted from own o where o.base is null
        union all
        select o.exchange, o.direction, lineage.put_together(w.nodes, o.ranges, o.nodes), o.reference, o.omitted
        from whole w join own o on o.base = w.exchange
        where w.direction = 'request')
      select * from whole
    $$`.execute(database)
  await sql`revoke all on function lineage.whole_flows from public`.execute(database)
  await sql`grant execute on function lineage.whole_flows to airs_export, airs_lineage`.execute(database)
  await sql`grant update on lineage.flows to airs_lineage`.execute(database)
  await replaceViews(database)
}

async function replaceViews(database: Kysely<unknown>): Promise<void> {
  await sql`create or replace view lineage.exported_flows as
    select s.session, f.exchange, f.direction, f.nodes, f.reference, f.omitted
    from lineage.sessions s, lateral lineage.whole_flows(s.session) f`.execute(database)
  await sql`create or replace view lineage.exported_edges as
    select answered.session, answered.exchange, 'request' as relation, node, derived_from
    from lineage.exported_flows answered
      join lineage.exported_flows asked on asked.session = answered.session and asked.exchange = answered.exchange
        and asked.direction = 'request',
      unnest(answered.nodes) with ordinality n(node, node_position),
      unnest(asked.nodes) with ordinality d(derived_from, from_position)
    where answered.direction = 'response'
    union all
    select result.session, result.exchange, 'call', result.id, call.id
    from lineage.nodes result
      join lineage.nodes call on call.session = result.session and call.call_id = result.call_id
        and call.kind = 'tool-call'
    where result.kind = 'tool-result'
    union all
    select answered.session, answered.exchange, 'continuation', node, derived_from
    from lineage.flows answered
      join lineage.flows asked on asked.exchange = answered.exchange and asked.direction = 'request'
      join lineage.flows continued on continued.session = asked.session and continued.direction = 'response'
        and continued.reference = asked.reference,
      unnest(answered.nodes) node,
      unnest(continued.nodes) derived_from
    where answered.direction = 'response' and asked.reference is not null`.execute(database)
}
