import { type Kysely, type Selectable, sql } from 'kysely'
import { putTogether } from '../graph/continue-flows.ts'
import { type ExportedNode, nodeOf } from '../graph/node-of.ts'
import type { LineageTables } from '../tables.ts'
import { SessionTooLargeError } from './session-too-large.ts'
import type { TraceEdge } from './trace.ts'

/** `all`: each piece that was sent with the request. `new`: those that no request before it had sent. */
export type Derivations = 'all' | 'new'

/** Exchanges of one session in order, and the one before them. */
export type Stretch = { session: string; exchanges: string[]; before?: string }

type Flow = Pick<
  Selectable<LineageTables['lineage.flows']>,
  'exchange' | 'direction' | 'base' | 'ranges' | 'nodes' | 'reference'
>
type Asked = { exchange: string; asked: string[]; responded: string[] }
type Joined = { exchange: string; node: string; derived_from: string[] }

/** What all requests of a stretch may say together, each with what it repeats. */
const maxReferences = 2_000_000

/**
 * The graph of a stretch of a session: what came of what in its exchanges, with each piece that one of them had first, or that
 * something in them is derived from. A response comes from the whole conversation before it, so with `all` the graph grows with
 * the square of the session. With `new` it grows as the session does: a response is derived from what its request said first,
 * and from the last piece of a request that said nothing new. What no request of the stretch and not the one before it had said
 * counts as new.
 * @throws SessionTooLargeError
 */
export async function findGraph(
  database: Kysely<LineageTables>,
  stretch: Stretch,
  derivations: Derivations = 'all',
) {
  const exchanges = new Set(stretch.exchanges)
  const ordered = stretch.before === undefined ? stretch.exchanges : [stretch.before, ...stretch.exchanges]
  const flows = await readFlows(database, ordered)
  refuseTooMany(flows, stretch)
  const asked = wholeFlows(flows, ordered)
  const own = [...new Set(flows.flatMap(({ exchange, nodes }) => (exchanges.has(exchange) ? nodes : [])))]
  const [called, continued] = await Promise.all([
    readCalled(database, stretch, own),
    readContinued(database, stretch, flows),
  ])
  const joined = (relation: TraceEdge['relation']) => (one: Joined) => ({
    ...{ node: one.node, derivedFrom: one.derived_from, relation, exchange: one.exchange },
  })
  const edges: TraceEdge[] = [
    ...called.map(joined('call')),
    ...continued.map(joined('continuation')),
    ...asked
      .flatMap(derivations === 'all' ? edgesOf : newEdgesOf())
      .filter(({ exchange }) => exchanges.has(exchange!)),
  ]
  const named = new Set(edges.flatMap(({ node, derivedFrom }) => [node, ...derivedFrom]))
  const nodes = await readNodes(database, stretch.session, [...new Set([...own, ...named])])
  return {
    nodes: nodes
      .filter(({ id, exchange }) => exchanges.has(exchange) || named.has(id))
      .map((node) => nodeOf(withoutNulls(node))),
    edges,
  }
}

/** What a node does not have is left out. */
function withoutNulls(node: ExportedNode): ExportedNode {
  return Object.fromEntries(Object.entries(node).filter(([, value]) => value !== null)) as ExportedNode
}

function edgesOf({ exchange, asked, responded }: Asked): TraceEdge[] {
  const derivedFrom = [...new Set(asked)].sort()
  if (derivedFrom.length === 0) return []
  return [...new Set(responded)].map((node) => ({ node, derivedFrom, relation: 'request', exchange }))
}

function newEdgesOf(): (flow: Asked) => TraceEdge[] {
  const said = new Set<string>()
  return ({ exchange, asked, responded }) => {
    const fresh = [...new Set(asked)].filter((node) => !said.has(node))
    for (const node of fresh) said.add(node)
    const derivedFrom = fresh.length > 0 ? fresh : asked.slice(-1)
    if (derivedFrom.length === 0) return []
    return [...new Set(responded)].map((node) => ({ node, derivedFrom, relation: 'request', exchange }))
  }
}

/** By the index, however large the session is: those of the exchanges, and those that they build on. */
async function readFlows(database: Kysely<LineageTables>, exchanges: readonly string[]): Promise<Flow[]> {
  const flows: Flow[] = []
  const known = new Set<string>()
  for (let wanted = [...exchanges], isBase = false; wanted.length > 0; isBase = true) {
    for (const exchange of wanted) known.add(exchange)
    const found = await database
      .selectFrom('lineage.flows')
      .select(['exchange', 'direction', 'base', 'ranges', 'nodes', 'reference'])
      .where(({ eb, val }) => eb('exchange', '=', sql<string>`any(${val(wanted)}::text[])`))
      .$if(isBase, (query) => query.where('direction', '=', 'request'))
      .execute()
    flows.push(...found)
    wanted = [...new Set(found.flatMap(({ base }) => (base === null || known.has(base) ? [] : [base])))]
  }
  return flows
}

/** @throws SessionTooLargeError */
function refuseTooMany(flows: readonly Flow[], { session, exchanges }: Stretch): void {
  const count = flows.reduce((sum, flow) => sum + sizeOf(flow), 0)
  if (count > maxReferences)
    throw new SessionTooLargeError(
      `${exchanges.length} exchanges of session ${session} say ${count} things; at most ${maxReferences} fit in one response. Ask for fewer at once with limit, or export it: airs export sessions --include-lineage --session ${session}`,
    )
}

function sizeOf({ ranges, nodes }: Flow): number {
  return ranges === null ? nodes.length : ranges.reduce((sum, count, at) => (at % 2 ? sum + count : sum), 0)
}

/** What was sent and what came of it, where something did. */
function wholeFlows(flows: readonly Flow[], exchanges: readonly string[]): Asked[] {
  const sides = (side: Flow['direction']) =>
    new Map(flows.filter(({ direction }) => direction === side).map((flow) => [flow.exchange, flow]))
  const [requests, responses] = [sides('request'), sides('response')]
  const whole = new Map<string, string[]>()
  const nodesOf = (exchange: string): string[] => {
    const made = whole.get(exchange)
    if (made) return made
    const { base, ranges, nodes } = requests.get(exchange)!
    const ids = base === null ? nodes : putTogether(requests.has(base) ? nodesOf(base) : [], ranges!, nodes)
    whole.set(exchange, ids)
    return ids
  }
  return exchanges.flatMap((exchange) => {
    const responded = responses.get(exchange)?.nodes ?? []
    if (responded.length === 0 || !requests.has(exchange)) return []
    return [{ exchange, asked: nodesOf(exchange), responded }]
  })
}

async function readNodes(
  database: Kysely<LineageTables>,
  session: string,
  ids: string[],
): Promise<ExportedNode[]> {
  const { rows } = await sql<ExportedNode>`
    select id, kind, role, generated, digest, bytes, name, call_id, exchange, direction, position
    from lineage.exported_nodes where session = ${session} and id = any(${ids}::uuid[])
    order by exchange, direction, position, id`.execute(database)
  return rows
}

/** Results and the calls that they are of. */
async function readCalled(
  database: Kysely<LineageTables>,
  { session, exchanges }: Stretch,
  ids: string[],
): Promise<Joined[]> {
  const { rows } = await sql<Joined>`
    select result.exchange, result.id as node, array_agg(call.id order by call.id) as derived_from
    from lineage.nodes result
      join lineage.nodes call on call.session = result.session and call.call_id = result.call_id
        and call.kind = 'tool-call'
    where result.session = ${session} and result.id = any(${ids}::uuid[]) and result.kind = 'tool-result'
      and result.exchange = any(${exchanges}::text[])
    group by result.exchange, result.id order by result.exchange, result.id`.execute(database)
  return rows
}

/** Requests that name the stored response which they continue. */
async function readContinued(
  database: Kysely<LineageTables>,
  { session, exchanges }: Stretch,
  flows: readonly Flow[],
): Promise<Joined[]> {
  const named = new Set(exchanges)
  const asked = flows.filter(
    ({ exchange, direction, reference }) =>
      direction === 'request' && reference !== null && named.has(exchange),
  )
  if (asked.length === 0) return []
  const { rows } = await sql<Joined>`
    select asked.exchange, node, array_agg(distinct derived_from order by derived_from) as derived_from
    from unnest(${asked.map(({ exchange }) => exchange)}::text[], ${asked.map(({ reference }) => reference)}::text[])
        asked (exchange, reference)
      join lineage.flows responded on responded.exchange = asked.exchange and responded.direction = 'response'
      join lineage.flows continued on continued.session = ${session} and continued.direction = 'response'
        and continued.reference = asked.reference,
      unnest(responded.nodes) node,
      unnest(continued.nodes) derived_from
    group by asked.exchange, node order by asked.exchange, node`.execute(database)
  return rows
}
