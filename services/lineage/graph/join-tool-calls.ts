import { sql, type Transaction } from 'kysely'
import type { LineageTables } from '../tables.ts'
import { type GraphNode, nodeOfCall } from './graph-nodes.ts'
import type { Flow } from './read-flows.ts'

type Database = Transaction<LineageTables>
type Call = Pick<GraphNode, 'name' | 'callId'>
type CallOfModel = Call & { exchange: string }

/**
 * Makes what passed to and from MCP servers the same nodes as in the conversation with the model. A model's call has an id, by
 * which a prompt later names the result; a server knows neither. What a server is asked is the last call before it with the same
 * arguments in its session, and what the tool returned is the result of that call. Where no model of the session made the call before,
 * both stay as they are.
 */
export async function joinToolCalls(database: Database, flows: readonly Flow[]): Promise<Flow[]> {
  const calls = new Map<string, Call | undefined>()
  for (const flow of flows)
    if (asksServer(flow)) calls.set(flow.exchange, await callBefore(database, flow, flows))
  for (const flow of flows)
    if (isFromServer(flow) && !calls.has(flow.exchange))
      calls.set(flow.exchange, await callOfExchange(database, flow.exchange))
  return flows.map((flow) => {
    const call = asksServer(flow) || isFromServer(flow) ? calls.get(flow.exchange) : undefined
    return call?.callId ? { ...flow, nodes: [nodeOfCall(flow.nodes[0]!, call)] } : flow
  })
}

/** What a server is asked is one node, and has no id. */
function asksServer({ direction, nodes }: Flow): boolean {
  return direction === 'request' && nodes.length === 1 && isWithoutId(nodes[0]!, 'tool-call')
}

function isFromServer({ direction, nodes }: Flow): boolean {
  return direction === 'response' && nodes.length === 1 && isWithoutId(nodes[0]!, 'tool-result')
}

function isWithoutId({ kind, callId }: GraphNode, wanted: GraphNode['kind']): boolean {
  return kind === wanted && callId === null
}

/** By the ids of exchanges, which are in the order of time: whatever comes later, or again, changes nothing. */
async function callBefore(database: Database, flow: Flow, batch: readonly Flow[]): Promise<Call | undefined> {
  const stored = await storedBefore(database, flow)
  const responded = lastOf(batch, flow, 'response')
  if (stored && responded) return responded.exchange >= stored.exchange ? responded : stored
  return stored ?? responded ?? lastOf(batch, flow, 'request')
}

/** Of the same batch, which is not stored yet. */
function lastOf(
  batch: readonly Flow[],
  { session, exchange: until, nodes: [asked] }: Flow,
  direction: Flow['direction'],
): CallOfModel | undefined {
  let last: CallOfModel | undefined
  for (const flow of batch) {
    const { exchange } = flow
    if (flow.session !== session || flow.direction !== direction || exchange >= until) continue
    if (last && exchange < last.exchange) continue
    const call = flow.nodes.findLast((node) => isSameCall(node, asked!))
    if (call) last = { name: call.name, callId: call.callId, exchange }
  }
  return last
}

function isSameCall({ kind, callId, digest }: GraphNode, asked: GraphNode): boolean {
  return kind === 'tool-call' && callId !== null && digest.equals(asked.digest)
}

async function storedBefore(
  database: Database,
  { session, exchange, nodes: [asked] }: Flow,
): Promise<CallOfModel | undefined> {
  const found = await database
    .selectFrom('lineage.nodes')
    .select(['name', 'call_id', 'exchange'])
    .where('session', '=', session)
    .where('kind', '=', 'tool-call')
    .where('digest', '=', asked!.digest)
    .where('call_id', 'is not', null)
    .where('exchange', '<', exchange)
    .orderBy('exchange', 'desc')
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return found && { name: found.name, callId: found.call_id, exchange: found.exchange }
}

async function callOfExchange(database: Database, exchange: string): Promise<Call | undefined> {
  const { rows } = await sql<Call>`select n.name, n.call_id as "callId" from lineage.flows f
    join lineage.nodes n on n.session = f.session and n.id = any(f.nodes)
    where f.exchange = ${exchange} and f.direction = 'request' and n.kind = 'tool-call' limit 1`.execute(
    database,
  )
  return rows[0]
}
