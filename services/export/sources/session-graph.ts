import { type Kysely, sql } from 'kysely'
import { camelCased } from './camel-cased.ts'

/** One line of an export holds a whole session: so much of its graph at most. */
const maxNodes = 50_000
const maxDerivations = 500_000

export type Flow = {
  exchange: string
  direction: 'request' | 'response'
  nodes: string[]
  reference: string | null
  omitted: number
}
export type Call = { exchange: string; result: string; call: string }
export type Edge = {
  node: string
  derivedFrom: string[]
  relation: 'call' | 'continuation' | 'request'
  exchange: string
}

/** What came of what in a session. `omitted` is there where the graph is larger than a line may be: so many nodes and derivations are not in it. */
export type SessionGraph = {
  nodes: unknown[]
  edges: Edge[]
  omitted?: { nodes: number; derivations: number }
}

/** @throws when Postgres is unavailable, or cancels it. */
export async function readGraph<Tables>(database: Kysely<Tables>, session: string): Promise<SessionGraph> {
  const { rows: nodes } = await sql<{ total: number; node: Record<string, unknown> }>`
    select count(*) over () as total, jsonb_strip_nulls(jsonb_build_object(
      'id', id, 'kind', kind, 'role', role, 'generated', generated, 'digest', digest, 'bytes', bytes, 'name', name,
      'call_id', call_id, 'exchange', exchange, 'direction', direction, 'position', position)) as node
    from lineage.exported_nodes where session = ${session}
    order by exchange, direction, position, id limit ${maxNodes}`.execute(database)
  const { rows: flows } = await sql<Flow>`
    select exchange, direction, nodes[1:${maxNodes}] as nodes, reference,
      omitted + greatest(cardinality(nodes) - ${maxNodes}, 0) as omitted
    from lineage.exported_flows where session = ${session} order by exchange, direction`.execute(database)
  const { rows: calls } = await sql<Call>`
    select result.exchange, result.id as result, call.id as call
    from lineage.exported_nodes result
      join lineage.exported_nodes call on call.session = result.session and call.call_id = result.call_id
        and call.kind = 'tool-call'
    where result.session = ${session} and result.kind = 'tool-result' limit ${maxDerivations}`.execute(
    database,
  )
  const { edges, omitted } = edgesOf(flows, calls)
  const omittedNodes =
    (nodes[0]?.total ?? 0) - nodes.length + flows.reduce((sum, { omitted }) => sum + omitted, 0)
  return {
    nodes: nodes.map(({ node }) => camelCased(node)),
    edges,
    ...((omittedNodes > 0 || omitted > 0) && { omitted: { nodes: omittedNodes, derivations: omitted } }),
  }
}

/**
 * A node of a response is derived from all that its request said and, where that continues a stored response, from that; the
 * result of a tool is derived from its call. Takes time and memory in proportion to what it returns.
 * @param most derivations; further ones are counted.
 */
export function edgesOf(
  flows: Flow[],
  calls: Call[],
  most = maxDerivations,
): { edges: Edge[]; omitted: number } {
  const asked = new Map(
    flows.filter(({ direction }) => direction === 'request').map((flow) => [flow.exchange, flow]),
  )
  const responses = flows.filter(({ direction }) => direction === 'response')
  const byReference = Map.groupBy(responses, ({ reference }) => reference)
  const edges: Edge[] = []
  let room = most
  let omitted = 0
  const add = (exchange: string, relation: Edge['relation'], node: string, from: readonly string[]) => {
    const kept = from.length <= room ? from : from.slice(0, room)
    room -= kept.length
    omitted += from.length - kept.length
    if (kept.length > 0) edges.push({ node, derivedFrom: [...kept], relation, exchange })
  }
  for (const [, same] of Map.groupBy(calls, ({ exchange, result }) => `${exchange} ${result}`))
    add(same[0]!.exchange, 'call', same[0]!.result, distinct(same.map(({ call }) => call)))
  for (const { exchange, nodes } of responses) {
    const request = asked.get(exchange)
    if (!request) continue
    const written = distinct(nodes)
    const said = distinct(request.nodes)
    for (const node of written) add(exchange, 'request', node, said)
    if (request.reference === null) continue
    const continued = distinct((byReference.get(request.reference) ?? []).flatMap((flow) => flow.nodes))
    for (const node of written) add(exchange, 'continuation', node, continued)
  }
  const place = ({ exchange, relation, node }: Edge) => `${exchange} ${relation} ${node}`
  return { edges: edges.sort((a, b) => (place(a) < place(b) ? -1 : 1)), omitted }
}

function distinct(ids: string[]): string[] {
  return [...new Set(ids)].sort()
}
