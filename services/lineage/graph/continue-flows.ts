import { sql, type Transaction } from 'kysely'
import type { LineageTables } from '../tables.ts'
import type { Flow } from './read-flows.ts'

type Database = Transaction<LineageTables>

/** The nodes of a flow as they are stored. */
export type Stored = Pick<LineageTables['lineage.flows'], 'base' | 'ranges' | 'nodes' | 'turn'>
type Link = Stored & { exchange: string; session: string }

/** Shorter flows cost less than looking for what they repeat. */
const fewestNodes = 8
/** Agents ask on behalf of others within one session, so it need not be the last one that a request continues. */
const mostCandidates = 4

/** How flows are stored, each with the nodes that the graph has of it already: an earlier flow has them. */
export type Continued = { flow: Flow; stored: Stored; known: ReadonlySet<string> }

/**
 * Describes flows by earlier ones of their sessions, where those are stored.
 * @param flows of different exchanges or directions, in the order of exchanges.
 */
export async function continueFlows(database: Database, flows: readonly Flow[]): Promise<Continued[]> {
  const links = await readLinks(database, flows.filter(mayContinue))
  return flows.map((flow) => {
    const ids = flow.nodes.map(({ id }) => id)
    if (!mayContinue(flow) || links.all.has(flow.exchange)) return { flow, stored: whole(ids), known: none }
    const stored = describe(ids, links, links.candidatesOf(flow))
    links.add({ ...stored, exchange: flow.exchange, session: flow.session })
    return { flow, stored, known: stored.base === null ? none : new Set(links.nodesOf(stored.base)) }
  })
}

const none: ReadonlySet<string> = new Set()

function mayContinue({ direction, nodes }: Flow): boolean {
  return direction === 'request' && nodes.length >= fewestNodes
}

function whole(nodes: string[]): Stored {
  return { base: null, ranges: null, nodes, turn: 0 }
}

/** By the candidate that has most of it, or rather by one that that one builds on: so few steps lead back to a whole one. */
function describe(ids: string[], links: Links, candidates: readonly string[]): Stored {
  const latest = mostShared(ids, links, candidates)
  if (latest === undefined) return whole(ids)
  const turn = links.all.get(latest)!.turn + 1
  const base = links.ancestor(latest, turn - (turn & -turn))
  return inTermsOf(ids, base, links.nodesOf(base), turn)
}

function mostShared(ids: string[], links: Links, candidates: readonly string[]): string | undefined {
  let best: string | undefined
  let most = 0
  for (const candidate of candidates) {
    const said = new Set(links.nodesOf(candidate))
    const shared = ids.reduce((sum, id) => sum + (said.has(id) ? 1 : 0), 0)
    if (shared <= most) continue
    best = candidate
    most = shared
    if (shared * 2 >= ids.length) break
  }
  return best
}

/** Whole, where the base has little of it. */
function inTermsOf(ids: string[], base: string, baseNodes: readonly string[], turn: number): Stored {
  const places = new Map<string, number>()
  for (const [place, id] of baseNodes.entries()) if (!places.has(id)) places.set(id, place)
  const ranges: number[] = []
  const nodes: string[] = []
  let next = 0
  for (let at = 0; at < ids.length; ) {
    const from = baseNodes[next] === ids[at] ? next : places.get(ids[at]!)
    const start = at
    if (from === undefined) {
      while (at < ids.length && !places.has(ids[at]!)) nodes.push(ids[at++]!)
      ranges.push(0, at - start)
    } else {
      while (at < ids.length && baseNodes[from + at - start] === ids[at]) at++
      ranges.push(from + 1, at - start)
      next = from + at - start
    }
  }
  // A node takes 16 bytes, a range 8.
  if (nodes.length + ranges.length / 4 > ids.length / 2) return whole(ids)
  return { base, ranges, nodes, turn }
}

/** The nodes of a flow that is stored in terms of an earlier one. The same as `lineage.put_together`. */
export function putTogether(
  base: readonly string[],
  ranges: readonly number[],
  nodes: readonly string[],
): string[] {
  const ids: string[] = []
  let own = 0
  for (let at = 0; at < ranges.length; at += 2) {
    const [from, count] = [ranges[at]!, ranges[at + 1]!]
    for (let one = 0; one < count; one++) ids.push(from === 0 ? nodes[own++]! : base[from - 1 + one]!)
  }
  return ids
}

/** Flows of requests, with those that they build on. */
class Links {
  readonly all: Map<string, Link>
  readonly #nodes = new Map<string, string[]>()
  readonly #candidates: ReadonlyMap<string, string[]>
  readonly #added = new Map<string, string[]>()

  constructor(links: readonly Link[], candidates: ReadonlyMap<string, string[]> = new Map()) {
    this.all = new Map(links.map((link) => [link.exchange, link]))
    this.#candidates = candidates
  }

  add(link: Link): void {
    this.all.set(link.exchange, link)
    this.#nodes.delete(link.exchange)
    this.#added.set(link.session, [...(this.#added.get(link.session) ?? []), link.exchange])
  }

  /** The last requests before a flow, the last one first. */
  candidatesOf({ session, exchange }: Pick<Link, 'session' | 'exchange'>): string[] {
    const before = (this.#added.get(session) ?? []).filter((one) => one < exchange).toReversed()
    const stored = (this.#candidates.get(exchange) ?? []).filter(
      (one) => this.all.get(one)?.session === session,
    )
    return [...new Set([...before, ...stored])].slice(0, mostCandidates)
  }

  /** The first of a flow and those that it builds on that is no later than a turn. */
  ancestor(exchange: string, turn: number): string {
    let link = this.all.get(exchange)!
    while (link.turn > turn && link.base !== null) link = this.all.get(link.base)!
    return link.exchange
  }

  nodesOf(exchange: string): string[] {
    const known = this.#nodes.get(exchange)
    if (known) return known
    const { base, ranges, nodes } = this.all.get(exchange)!
    const ids = base === null ? nodes : putTogether(this.nodesOf(base), ranges!, nodes)
    this.#nodes.set(exchange, ids)
    return ids
  }
}

/** Of the flows themselves, as far as they are stored, and of those that they may continue. */
async function readLinks(database: Database, flows: readonly Flow[]): Promise<Links> {
  if (flows.length === 0) return new Links([])
  const { rows } = await sql<{ exchange: string; before: string[] }>`
    select w.exchange, array(
      select e.exchange from lineage.exchanges e
      where e.session = w.session and e.requested_at <= own.requested_at and e.exchange < w.exchange
        and e.operation is null
      order by e.requested_at desc, e.exchange desc limit ${mostCandidates}) as before
    from unnest(${flows.map(({ exchange }) => exchange)}::text[], ${flows.map(({ session }) => session)}::text[]) as w (exchange, session)
      join lineage.exchanges own on own.exchange = w.exchange`.execute(database)
  const wanted = new Set([...flows.map(({ exchange }) => exchange), ...rows.flatMap(({ before }) => before)])
  const candidates = new Map(rows.map(({ exchange, before }) => [exchange, before]))
  return new Links(await readChains(database, [...wanted]), candidates)
}

/** The flows of these requests, and all that they build on. */
async function readChains(database: Database, exchanges: string[]): Promise<Link[]> {
  const { rows } = await sql<Link>`
    with recursive chain as (
      select unnest(${exchanges}::text[]) as exchange
      union
      select f.base from chain c join lineage.flows f on f.exchange = c.exchange and f.direction = 'request'
      where f.base is not null)
    select f.exchange, f.session, f.base, f.ranges, f.nodes, f.turn
    from chain c join lineage.flows f on f.exchange = c.exchange and f.direction = 'request'`.execute(
    database,
  )
  return rows
}

/** Has flows that build on those of these exchanges build on others, or be whole. */
export async function detachFrom(
  database: Database,
  sessions: readonly string[],
  exchanges: readonly string[],
): Promise<void> {
  const { rows: dependents } = await sql<{ exchange: string }>`
    select exchange from lineage.flows where session = any(${sessions}::text[])
      and base = any(${exchanges}::text[]) and not exchange = any(${exchanges}::text[])
    order by exchange`.execute(database)
  if (dependents.length === 0) return
  const links = new Links(
    await readChains(
      database,
      dependents.map(({ exchange }) => exchange),
    ),
  )
  const gone = new Set(exchanges)
  for (const { exchange } of dependents) {
    const { session, turn } = links.all.get(exchange)!
    const ids = links.nodesOf(exchange)
    let base = links.all.get(exchange)!.base
    while (base !== null && gone.has(base)) base = links.all.get(base)!.base
    base ??= links.candidatesOf({ session, exchange })[0] ?? null
    const stored = base === null ? { ...whole(ids), turn } : inTermsOf(ids, base, links.nodesOf(base), turn)
    links.add({ ...stored, exchange, session })
    await sql`update lineage.flows set base = ${stored.base}, ranges = ${stored.ranges}::integer[],
      nodes = ${stored.nodes}::uuid[], turn = ${stored.turn}
      where exchange = ${exchange} and direction = 'request'`.execute(database)
  }
}
