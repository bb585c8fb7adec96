import { sql, type Transaction } from 'kysely'
import type { LineageTables } from '../tables.ts'
import { type GraphNode, nodeOfCall } from './graph-nodes.ts'
import type { Flow } from './read-flows.ts'

type Database = Transaction<LineageTables>
type Call = Pick<GraphNode, 'name' | 'callId'>

/**
 * Makes what passed to and from MCP servers the same nodes as in the conversation with the model. A model's call has an id, by
 * which a prompt later names the result; a server knows neither. A call of a tool without an id is that of the last call with the same
 * arguments in its session, and what the tool returned is the result of that call. Where no model of the session made the call, both
 * stay as they are.
 */
export async function joinToolCalls(database: Database, flows: readonly Flow[]): Promise<Flow[]> {
  if (!flows.some(isOfServer)) return [...flows]
  const calls = new Map<string, Call>()
  const joined: Flow[] = []
  for (const flow of flows) {
    if (!isOfServer(flow)) {
      joined.push(flow)
      continue
    }
    const [node] = flow.nodes as [GraphNode]
    const call =
      node.kind === 'tool-call'
        ? ((await callOfModel(database, flow, node)) ?? lastIn(joined, flow.session, node))
        : (calls.get(flow.exchange) ?? (await callOfExchange(database, flow.exchange)))
    if (!call?.callId) {
      joined.push(flow)
      continue
    }
    if (node.kind === 'tool-call') calls.set(flow.exchange, call)
    joined.push({ ...flow, nodes: [nodeOfCall(node, call)] })
  }
  return joined
}

/** What a server is asked or returns is one node, and has no id. */
function isOfServer({ nodes }: Flow): boolean {
  const [node] = nodes
  return (
    nodes.length === 1 &&
    node!.callId === null &&
    (node!.kind === 'tool-call' || node!.kind === 'tool-result')
  )
}

/** Of the same batch, which is not stored yet. */
function lastIn(flows: readonly Flow[], session: string, { digest }: GraphNode): Call | undefined {
  return flows
    .filter((flow) => flow.session === session)
    .flatMap(({ nodes }) => nodes)
    .findLast((node) => node.kind === 'tool-call' && node.callId !== null && node.digest.equals(digest))
}

async function callOfModel(
  database: Database,
  { session }: Flow,
  { digest }: GraphNode,
): Promise<Call | undefined> {
  const found = await database
    .selectFrom('lineage.nodes')
    .select(['name', 'call_id'])
    .where('session', '=', session)
    .where('kind', '=', 'tool-call')
    .where('digest', '=', digest)
    .where('call_id', 'is not', null)
    .orderBy('exchange', 'desc')
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return found && { name: found.name, callId: found.call_id }
}

async function callOfExchange(database: Database, exchange: string): Promise<Call | undefined> {
  const { rows } = await sql<Call>`select n.name, n.call_id as "callId" from lineage.flows f
    join lineage.nodes n on n.session = f.session and n.id = any(f.nodes)
    where f.exchange = ${exchange} and f.direction = 'request' and n.kind = 'tool-call' limit 1`.execute(
    database,
  )
  return rows[0]
}
