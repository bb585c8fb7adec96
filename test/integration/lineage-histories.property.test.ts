import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type AnyEvent, parseEvent, uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import fc from 'fast-check'
import { sql } from 'kysely'
import { eraseExchanges } from '../../services/lineage/graph/erase-graphs.ts'
import { type Flow, isPending, readFlow } from '../../services/lineage/graph/read-flows.ts'
import { storeTraffic } from '../../services/lineage/projection.ts'
import type { LineageTables } from '../../services/lineage/tables.ts'
import { startServers } from '../support/servers.ts'
import { createTrafficSource } from '../support/traffic.ts'

type Message = { role: string; content: string }
/** How a client changes its history before it asks on. `at` is a part of it, from 0 to 1. */
type Turn = {
  change: 'none' | 'edit' | 'cut' | 'compact' | 'branch' | 'move' | 'other agent' | 'repeat'
  at: number
  isReminded: boolean
  sources: string[]
}

const turn: fc.Arbitrary<Turn> = fc.record({
  change: fc.oneof(
    { weight: 6, arbitrary: fc.constant('none' as const) },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        ...(['edit', 'cut', 'compact', 'branch', 'move', 'other agent', 'repeat'] as const),
      ),
    },
  ),
  at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  isReminded: fc.boolean(),
  sources: fc.array(fc.constantFrom('shop', 'wiki'), { maxLength: 2 }),
})

/** What two agents of one session send, request by request. */
function histories(turns: readonly Turn[]): { messages: Message[]; reply: string; sources: string[] }[] {
  const agents: [Message[], Message[]] = [[], []]
  const start = (agent: number) =>
    Array.from({ length: 9 }, (_, at) => ({ role: 'user', content: `start ${at} of ${agent}` }))
  agents[0] = start(0)
  agents[1] = start(1)
  let current = 0
  return turns.map(({ change, at, isReminded, sources }, number) => {
    if (change === 'other agent') current = 1 - current
    const messages = agents[current as 0 | 1]
    const place = Math.floor(at * messages.length)
    if (change === 'edit') messages[place] = { role: 'user', content: `edited ${number}` }
    if (change === 'cut') messages.splice(place, 2)
    if (change === 'compact')
      messages.splice(0, messages.length, { role: 'user', content: `summary ${number}` }, ...start(number))
    if (change === 'branch') messages.splice(Math.max(place, 3))
    if (change === 'move') messages.push(...messages.splice(place, 2))
    if (change === 'repeat') messages.push(...messages.slice(place, place + 3))
    messages.push({ role: 'user', content: `question ${number}` })
    const asked = [...messages, ...(isReminded ? [{ role: 'user', content: 'Be brief' }] : [])]
    const reply = number % 3 === 0 ? 'yes' : `reply ${number}`
    messages.push({ role: 'assistant', content: reply })
    return { messages: asked, reply, sources }
  })
}

describe('requests that repeat their history', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<LineageTables>>
  before(async () => {
    servers = await startServers()
    database = openDatabase<LineageTables>({ url: servers.databaseUrl('airs_lineage'), name: 'test' })
  })
  after(async () => {
    await database?.destroy()
    await servers?.stop()
  })

  const apply = (events: AnyEvent[]) => database.transaction().execute((tx) => storeTraffic(tx, events))

  function record(turns: readonly Turn[]) {
    const source = createTrafficSource()
    const session = uuidv7()
    const exchanges = turns.map(() => uuidv7())
    const events = histories(turns).flatMap(({ messages, reply, sources }, number) => {
      const response = { choices: [{ index: 0, message: { role: 'assistant', content: reply } }] }
      return [
        source.request(exchanges[number], session, JSON.stringify({ messages }), { sources }),
        source.completed(exchanges[number]!, session, JSON.stringify(response)),
      ]
    })
    return { session, exchanges, events: events.map(({ json }) => parseEvent(json)) }
  }

  /** What the graph is to have, read from the whole of each request. */
  function naive(events: readonly AnyEvent[]) {
    const flows = events
      .flatMap((event) => readFlow(event) ?? [])
      .filter((flow): flow is Flow => !isPending(flow) && flow.nodes.length > 0)
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    const nodes = new Map<string, { id: string; place: string; generated: boolean }>()
    for (const flow of flows)
      for (const [position, { id }] of flow.nodes.entries()) {
        const node = nodes.get(id) ?? { id, place: `${keyOf(flow)} ${position}`, generated: false }
        nodes.set(id, { ...node, generated: node.generated || flow.direction === 'response' })
      }
    return {
      flows: flows.map((flow) => ({ flow: keyOf(flow), nodes: flow.nodes.map(({ id }) => id) })),
      nodes: [...nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    }
  }
  const keyOf = ({ exchange, direction }: Flow) => `${exchange} ${direction}`

  async function stored(session: string) {
    const { rows: flows } = await sql`select exchange || ' ' || direction as flow, nodes
      from lineage.exported_flows where session = ${session} order by 1`.execute(database)
    const { rows: nodes } =
      await sql`select id, exchange || ' ' || direction || ' ' || position as place, generated
        from lineage.nodes where session = ${session} order by id`.execute(database)
    return { flows, nodes }
  }

  test('are whole to who reads them, whatever changes in a history, comes late or is erased', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(turn, { minLength: 2, maxLength: 24 }),
        fc.boolean(),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        async (turns, isInOrder, random) => {
          const next = () => random.next().value as number
          const { session, exchanges, events } = record(turns)
          const order = events.map((event, place) => ({ event, place: isInOrder ? place : next() }))
          const deliveries = order.sort((a, b) => a.place - b.place).map(({ event }) => event)
          while (deliveries.length > 0) {
            const batch = deliveries.splice(0, 1 + Math.floor(next() * 6))
            await apply(batch)
            if (next() < 0.2) await apply(batch)
          }
          assert.deepEqual(await stored(session), naive(events))
          let left = events
          for (let rounds = 0; rounds < 3; rounds++) {
            const gone = exchanges.filter(() => next() < 0.3)
            await database.transaction().execute((tx) => eraseExchanges(tx, gone))
            left = left.filter(({ exchange }) => !gone.includes(exchange!))
            assert.deepEqual(await stored(session), naive(left))
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  test('are stored as what is new in them', async () => {
    const plain: Turn = { change: 'none', at: 0, isReminded: true, sources: [] }
    const { session, exchanges, events } = record(Array.from({ length: 300 }, () => plain))
    for (let from = 0; from < events.length; from += 50) await apply(events.slice(from, from + 50))
    const sizes = async () => {
      const { rows } = await sql<{ nodes: number; steps: number }>`
        with recursive steps as (
          select exchange, 1 as depth from lineage.flows where session = ${session} and base is null and direction = 'request'
          union all
          select f.exchange, s.depth + 1 from steps s join lineage.flows f on f.base = s.exchange)
        select (select sum(cardinality(nodes))::int from lineage.flows
            where session = ${session} and direction = 'request') as nodes, max(depth) as steps from steps`.execute(
        database,
      )
      return rows[0]!
    }
    const { nodes, steps } = await sizes()
    assert.ok(nodes < 300 * 10, `${nodes} nodes are listed`)
    assert.ok(steps <= 10, `${steps} steps`)
    for (let page = 0; page < 3; page++)
      await database
        .transaction()
        .execute((tx) => eraseExchanges(tx, exchanges.slice(page * 50, (page + 1) * 50)))
    const left = await sizes()
    assert.ok(left.nodes < 150 * 15 + 400, `${left.nodes} nodes are listed after half of it was erased`)
    assert.deepEqual(
      await stored(session),
      naive(events.filter(({ exchange }) => exchanges.indexOf(exchange!) >= 150)),
    )
  })

  test('are not put together to erase some of them, however long their session is', async () => {
    const plain: Turn = { change: 'none', at: 0, isReminded: false, sources: [] }
    const { session, exchanges, events } = record(Array.from({ length: 100 }, () => plain))
    await apply(events)
    const gone = exchanges.slice(40, 50)
    const administrator = openDatabase<LineageTables>({ url: servers.adminUrl, name: 'test', max: 1 })
    const calls = await administrator.transaction().execute(async (tx) => {
      await sql`set local track_functions = 'all'`.execute(tx)
      await eraseExchanges(tx, gone)
      const { rows } = await sql<{ calls: number | null }>`
        select pg_stat_get_xact_function_calls('lineage.put_together'::regproc)::int as calls`.execute(tx)
      return rows[0]!.calls ?? 0
    })
    await administrator.destroy()
    assert.equal(calls, 0)
    assert.deepEqual(await stored(session), naive(events.filter(({ exchange }) => !gone.includes(exchange!))))
  })
})
