import { type Kysely, sql } from 'kysely'

export async function up(database: Kysely<unknown>): Promise<void> {
  await createTables(database)
  await createFlatViews(database)
  await createRowViews(database)
  await sql`grant usage on schema lineage to airs_export`.execute(database)
  await sql`grant select on lineage.exported_sessions, lineage.exported_graphs, lineage.exported_exchanges,
    lineage.exported_nodes, lineage.exported_edges to airs_export, airs_lineage`.execute(database)
  await sql`grant usage on schema audit to airs_lineage`.execute(database)
  await sql`grant select on audit.recorded_events, audit.recorded_contents to airs_lineage`.execute(database)
}

async function createTables(database: Kysely<unknown>): Promise<void> {
  await sql`create table lineage.nodes (
    session text not null,
    id uuid not null,
    kind text not null,
    role text,
    digest bytea not null,
    bytes bigint not null,
    name text,
    call_id text,
    generated boolean not null,
    exchange text not null,
    direction text not null,
    position integer not null,
    primary key (session, id)
  )`.execute(database)
  await sql`create index on lineage.nodes (digest)`.execute(database)
  await sql`create index on lineage.nodes (session, call_id) where call_id is not null`.execute(database)
  await sql`create table lineage.flows (
    exchange text not null,
    direction text not null,
    session text not null,
    nodes uuid[] not null,
    reference text,
    primary key (exchange, direction)
  )`.execute(database)
  await sql`create index on lineage.flows (session)`.execute(database)
  await sql`create table lineage.pending_flows (
    event uuid primary key,
    exchange text not null,
    session text not null,
    direction text not null,
    tries integer not null default 0,
    try_at timestamptz not null default now()
  )`.execute(database)
  await sql`create index on lineage.pending_flows (try_at)`.execute(database)
  await sql`create index on lineage.sessions (started_at, session)`.execute(database)
  await sql`grant select, insert on lineage.flows to airs_lineage`.execute(database)
  await sql`grant select, insert, update on lineage.nodes to airs_lineage`.execute(database)
  await sql`grant select, insert, update, delete on lineage.pending_flows to airs_lineage`.execute(database)
}

/** One row per exchange, node and edge, for whoever pages through sessions of any size. */
async function createFlatViews(database: Kysely<unknown>): Promise<void> {
  await sql`create view lineage.exported_exchanges as
    select session, exchange, tenant, state, format, path, provider, model, stream, agent, tags, request_event,
      request_action, requested_at, outcome_event, response_action, ended_at, status, input_tokens, output_tokens,
      error_code
    from lineage.exchanges`.execute(database)
  await sql`create view lineage.exported_nodes as
    select session, id, case when kind = 'message' and generated then 'answer' else kind end as kind, role, generated,
      encode(digest, 'hex') as digest, bytes, name, call_id, exchange, direction, position
    from lineage.nodes`.execute(database)
  // A node is derived from: everything that the request said to whose response it belongs; where it is the result of a
  // tool, the call; where the request continues a stored response, that response.
  await sql`create view lineage.exported_edges as
    select answered.session, answered.exchange, 'request' as relation, node, derived_from
    from lineage.flows answered
      join lineage.flows asked on asked.exchange = answered.exchange and asked.direction = 'request',
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

/** One row per session. Times are text in UTC, so that a row is the same whoever reads it. */
async function createRowViews(database: Kysely<unknown>): Promise<void> {
  const utc = (column: string) =>
    sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  await sql`create view lineage.exported_sessions as
    select session, tenant, started_at, last_active_at, (
      select coalesce(jsonb_agg(jsonb_build_object(
        'exchange', exchange, 'state', state, 'format', format, 'path', path, 'provider', provider, 'model', model,
        'stream', stream, 'agent', agent, 'tags', to_jsonb(tags), 'request_event', request_event,
        'request_action', request_action, 'requested_at', ${utc('requested_at')}, 'outcome_event', outcome_event,
        'response_action', response_action, 'ended_at', ${utc('ended_at')}, 'status', status,
        'input_tokens', input_tokens, 'output_tokens', output_tokens, 'error_code', error_code
      ) order by requested_at, exchange), '[]'::jsonb)
      from lineage.exchanges e where e.session = s.session) as exchanges
    from lineage.sessions s`.execute(database)
  await sql`create view lineage.exported_graphs as
    select session, (
      select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'id', id, 'kind', kind, 'role', role, 'generated', generated, 'digest', digest, 'bytes', bytes, 'name', name,
        'call_id', call_id, 'exchange', exchange, 'direction', direction, 'position', position
      )) order by exchange, direction, position, id), '[]'::jsonb)
      from lineage.exported_nodes n where n.session = s.session) as nodes, (
      select coalesce(jsonb_agg(jsonb_build_object(
        'node', node, 'derived_from', derived_from, 'relation', relation, 'exchange', exchange
      ) order by exchange, relation, node), '[]'::jsonb)
      from (
        select node, relation, exchange, array_agg(distinct derived_from order by derived_from) as derived_from
        from lineage.exported_edges e where e.session = s.session group by node, relation, exchange
      ) by_node) as edges
    from lineage.sessions s`.execute(database)
}
