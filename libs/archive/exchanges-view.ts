import { actions, openingStates, outcomeStates, stateRank } from '@airs-cp/events'

/** Which state an event leaves its exchange in, the one that counts last. */
const states = Object.entries({ ...openingStates, ...outcomeStates })
  .map(([type, state]) => ({ type, state: state! }))
  .sort((a, b) => stateRank(a.state) - stateRank(b.state))

const listOf = (values: readonly string[]) => `[${values.map((value) => `'${value}'`).join(', ')}]`
const types = listOf(states.map(({ type }) => type))
const opening = listOf(Object.keys(openingStates))
const union = (column: string) =>
  `list_sort(list_distinct(flatten(list(${column}) filter (${column} is not null)))) as ${column}`
const either = (column: string) =>
  `coalesce(any_value(${column}) filter (not is_opening), any_value(${column}) filter (is_opening)) as ${column}`

/** One row for each exchange, from its events; a real outcome counts more than that it was abandoned. */
export const exchangesView = `
  select exchange, any_value(tenant) as tenant, any_value(session) as session, any_value(caller) as caller,
    (${listOf(states.map(({ state }) => state))})[max(list_position(${types}, type))] as state,
    min(time) filter (is_opening) as requested_at, max(time) filter (not is_opening) as ended_at,
    any_value(agent) as agent, any_value(format) as format, ${either('provider')},
    any_value(model) filter (is_opening) as model, any_value(model) filter (not is_opening) as answered_model,
    any_value(key_id) as key_id, any_value(key_name) as key_name, ${union('tags')},
    (${listOf(actions)})[max(list_position(${listOf(actions)}, decision))] as decision,
    ${union('policies')}, ${union('findings')}, ${either('status')}, ${either('stream')}, any_value(error) as error,
    max(input_tokens) as input_tokens, max(output_tokens) as output_tokens,
    max(cost_usd_micros) / 1000000.0 as cost_usd, max(duration_ms) as duration_ms,
    max(first_byte_ms) as first_byte_ms, any_value(mcp_server) as mcp_server, any_value(mcp_method) as mcp_method,
    any_value(mcp_name) as mcp_name, bool_or(erased) as erased
  from (select *, list_contains(${opening}, type) as is_opening from events
    where exchange is not null and list_contains(${types}, type))
  group by exchange`
