import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type AnyEvent, parseEvent, type RecordedBody, sha256Hex, uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import fc from 'fast-check'
import { sql } from 'kysely'
import type { AuditTables } from '../../services/audit/tables.ts'
import { holdOffOthers } from '../../services/lineage/graph/erase-graphs.ts'
import { storeExchanges } from '../../services/lineage/graph/exchanges.ts'
import { requestRebuild, stepRebuild } from '../../services/lineage/graph/rebuild.ts'
import { countPending, settlePending } from '../../services/lineage/graph/settle-pending.ts'
import { storeGraph } from '../../services/lineage/graph/store-graph.ts'
import { type Derivations, findGraph } from '../../services/lineage/search/find-graph.ts'
import { findSession } from '../../services/lineage/search/find-sessions.ts'
import type { LineageTables } from '../../services/lineage/tables.ts'
import { until } from '../support/control.ts'
import { storeRecorded } from '../support/event-store.ts'
import { startServers } from '../support/servers.ts'
import { createTrafficSource, type TestEvent } from '../support/traffic.ts'

const system = { role: 'system', content: 'Be brief' }
const call = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'c1', type: 'function', function: { name: 'find', arguments: '{"q":"tea"}' } }],
}
const result = { role: 'tool', tool_call_id: 'c1', content: 'Oolong' }

/** What an agent sends and gets: each request repeats all before it, in the spelling of its client. */
function conversation(): { request: object; reply: object; sources: string[] }[] {
  const repeated = {
    ...call,
    tool_calls: [{ id: 'c1', type: 'function', function: { arguments: '{ "q": "tea" }', name: 'find' } }],
  }
  const first = [system, { role: 'user', content: 'Which tea?' }]
  const second = [...first, repeated, result]
  const third = [
    ...second,
    { role: 'assistant', content: [{ type: 'text', text: 'Oolong.' }] },
    { role: 'user', content: 'Why?' },
  ]
  const responseOf = (message: object) => ({ object: 'chat.completion', choices: [{ index: 0, message }] })
  return [
    { request: { messages: first }, reply: responseOf(call), sources: [] },
    {
      request: { messages: second },
      reply: responseOf({ role: 'assistant', content: 'Oolong.', refusal: null, annotations: [] }),
      sources: ['shop-catalogue'],
    },
    {
      request: { messages: third },
      reply: responseOf({ role: 'assistant', content: 'Taste.' }),
      sources: [],
    },
  ]
}

describe('the lineage graph', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<LineageTables>>
  let audit: ReturnType<typeof openDatabase<AuditTables>>
  before(async () => {
    servers = await startServers()
    database = openDatabase<LineageTables>({ url: servers.databaseUrl('airs_lineage'), name: 'test' })
    audit = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
  })
  after(async () => {
    await database?.destroy()
    await audit?.destroy()
    await servers?.stop()
  })

  const apply = (events: TestEvent[]) =>
    database.transaction().execute(async (tx) => {
      const parsed: AnyEvent[] = events.map(({ json }) => parseEvent(json))
      await storeExchanges(tx, parsed)
      await storeGraph(tx, parsed)
    })
  const record = (events: TestEvent[]) => storeRecorded(audit, events)

  function makeSession() {
    const source = createTrafficSource()
    const session = uuidv7()
    const exchanges = conversation().map(() => uuidv7())
    const events = conversation().flatMap(({ request, reply, sources }, index) => [
      source.request(exchanges[index], session, JSON.stringify(request), { sources }),
      source.completed(exchanges[index]!, session, JSON.stringify(reply)),
    ])
    return { session, exchanges, events }
  }

  /** What a session has, page by page. */
  async function pagesOf(session: string, limit: number, derivations: Derivations = 'all') {
    const pages = []
    for (let after: string | undefined; ; ) {
      const page = await findSession(database, session, { limit, ...(after && { after }) })
      if (!page) return pages
      const stretch = { session, exchanges: page.exchanges.map(({ exchange }) => exchange) }
      const before = after?.split(' ')[1]
      const graph = await findGraph(database, { ...stretch, ...(before && { before }) }, derivations)
      pages.push({ ...page, graph })
      if (page.next === null) return pages
      after = page.next
    }
  }

  async function wholeGraph(session: string, derivations: Derivations = 'all') {
    const [page] = await pagesOf(session, 1_000, derivations)
    return page?.graph ?? { nodes: [], edges: [] }
  }

  /** With places in the conversation instead of ids of exchanges, to compare graphs of two sessions. */
  async function graphOf({ session, exchanges }: { session: string; exchanges: string[] }) {
    const graph = await wholeGraph(session)
    const text = JSON.stringify(graph)
    return JSON.parse(
      exchanges.reduce((json, id, index) => json.replaceAll(id, `exchange ${index}`), text),
    ) as typeof graph
  }

  test('holds each piece of a conversation once, and what it is derived from', async () => {
    const made = makeSession()
    await apply(made.events)
    const { nodes, edges } = await graphOf(made)
    assert.deepEqual(
      nodes.map(({ exchange, direction, position, kind, role, name, generated }) => [
        ...[exchange, direction, position, kind, role, name, generated],
      ]),
      [
        ['exchange 0', 'request', 0, 'message', 'system', undefined, false],
        ['exchange 0', 'request', 1, 'message', 'user', undefined, false],
        ['exchange 0', 'response', 0, 'tool-call', 'assistant', 'find', true],
        ['exchange 1', 'request', 3, 'tool-result', 'tool', 'find', false],
        ['exchange 1', 'request', 4, 'source', undefined, 'shop-catalogue', false],
        ['exchange 1', 'response', 0, 'answer', 'assistant', undefined, true],
        ['exchange 2', 'request', 5, 'message', 'user', undefined, false],
        ['exchange 2', 'response', 0, 'answer', 'assistant', undefined, true],
      ],
    )
    const [asked, , called, found, catalogue, oolong, why, taste] = nodes as { id: string; digest: string }[]
    assert.equal(oolong!.digest, sha256Hex('Oolong.'))
    const from = (node: { id: string }, relation: string) =>
      edges.find((edge) => edge.node === node.id && edge.relation === relation)?.derivedFrom ?? []
    assert.deepEqual(from(found!, 'call'), [called!.id])
    const history = [asked!.id, nodes[1]!.id as string, called!.id, found!.id]
    assert.deepEqual(from(oolong!, 'request'), [...history, catalogue!.id].sort())
    assert.deepEqual(from(taste!, 'request'), [...history, oolong!.id, why!.id].sort())
    const added = await wholeGraph(made.session, 'new')
    assert.deepEqual(added.nodes, (await wholeGraph(made.session)).nodes)
    const newFrom = (node: { id: string }, relation: string) =>
      added.edges.find((edge) => edge.node === node.id && edge.relation === relation)?.derivedFrom
    assert.deepEqual(newFrom(called!, 'request'), [asked!.id, nodes[1]!.id])
    assert.deepEqual(newFrom(oolong!, 'request'), [called!.id, found!.id, catalogue!.id])
    assert.deepEqual(newFrom(taste!, 'request'), [oolong!.id, why!.id])
    assert.deepEqual(newFrom(found!, 'call'), [called!.id])
  })

  test('says of a request that is sent again that it came from its last piece', async () => {
    const source = createTrafficSource()
    const session = uuidv7()
    const [{ request, reply }] = conversation() as [ReturnType<typeof conversation>[number]]
    const exchanges = [uuidv7(), uuidv7()]
    await apply(
      exchanges.flatMap((exchange) => [
        source.request(exchange, session, JSON.stringify(request)),
        source.completed(exchange, session, JSON.stringify(reply)),
      ]),
    )
    const { nodes, edges } = await wholeGraph(session, 'new')
    const [system, question] = nodes.map(({ id }) => id)
    assert.deepEqual(
      edges.filter(({ relation }) => relation === 'request').map(({ derivedFrom }) => derivedFrom),
      [[system, question], [question]],
    )
  })

  test('is the same page by page, and no exchange is missing or twice', async () => {
    const source = createTrafficSource()
    const session = uuidv7()
    const turn = (role: string, content: string) => ({ role, content })
    const histories = [[system], [system, turn('user', 'A question of another agent')]]
    const events: TestEvent[] = []
    for (let step = 0; step < 24; step++) {
      const history = histories[step % 3 === 2 ? 1 : 0]!
      history.push(turn('user', `Question ${step}`))
      const exchange = uuidv7()
      const reply = turn('assistant', `Response ${step}`)
      events.push(source.request(exchange, session, JSON.stringify({ messages: history })))
      events.push(
        source.completed(
          exchange,
          session,
          JSON.stringify({ object: 'chat.completion', choices: [{ index: 0, message: reply }] }),
        ),
      )
      history.push(reply)
    }
    // The requests of the last two are not known.
    const lost = new Set([44, 46])
    await apply(events.filter((_, index) => !lost.has(index)))
    const [whole] = await pagesOf(session, 1_000)
    const linear = makeSession()
    await apply(linear.events)
    for (const limit of [1, 2, 5, 7, 23, 24, 25]) {
      const pages = await pagesOf(session, limit)
      assert.deepEqual(
        pages.map(({ exchanges, exchangeCount }) => [exchanges.length, exchangeCount]),
        Array.from({ length: Math.ceil(24 / limit) }, (_, page) => [Math.min(limit, 24 - page * limit), 24]),
      )
      assert.deepEqual(
        pages.flatMap(({ exchanges }) => exchanges),
        whole!.exchanges,
      )
      const sorted = (lines: unknown[]) => lines.map((line) => JSON.stringify(line)).sort()
      const nodes = new Map(pages.flatMap(({ graph }) => graph.nodes).map((node) => [node.id, node]))
      assert.deepEqual(sorted([...nodes.values()]), sorted(whole!.graph.nodes))
      assert.deepEqual(sorted(pages.flatMap(({ graph }) => graph.edges)), sorted(whole!.graph.edges))
      const added = await pagesOf(linear.session, limit, 'new')
      assert.deepEqual(
        sorted(added.flatMap(({ graph }) => graph.edges)),
        sorted((await wholeGraph(linear.session, 'new')).edges),
      )
    }
  })

  test('is the same in whatever order, batches and repetitions events come', async () => {
    const inOrder = makeSession()
    await apply(inOrder.events)
    const expected = await graphOf(inOrder)
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), async (random) => {
        const next = () => random.next().value as number
        const made = makeSession()
        const deliveries = [...made.events, ...made.events].sort(() => next() - 0.5)
        while (deliveries.length > 0) await apply(deliveries.splice(0, 1 + Math.floor(next() * 6)))
        assert.deepEqual(await graphOf(made), expected)
      }),
      { numRuns: 25 },
    )
  })

  test('is built again from the event store', async () => {
    const made = makeSession()
    await record(made.events)
    await apply(made.events)
    const before = [await graphOf(made), await findSession(database, made.session, { limit: 100 })]
    const admin = openDatabase<unknown>({ url: servers.adminUrl, name: 'test', max: 1 })
    await sql`truncate lineage.sessions, lineage.exchanges, lineage.nodes, lineage.flows`.execute(admin)
    await admin.destroy()
    assert.deepEqual((await graphOf(made)).nodes, [])
    await requestRebuild(database)
    while (await stepRebuild(database));
    assert.deepEqual([await graphOf(made), await findSession(database, made.session, { limit: 100 })], before)
  })

  /** A request whose body is recorded by reference, with the piece of it that an event of its own has. */
  function withLongText() {
    const source = createTrafficSource()
    const [exchange, session] = [uuidv7(), uuidv7()]
    const said = `${'long '.repeat(4_000)}${session}`
    const text = `{"messages":[{"role":"user","content":"${said}"}]}`
    const [head, tail] = [text.slice(0, 40), text.slice(40)]
    const piece = { sha256: sha256Hex(tail), bytes: tail.length }
    const body: RecordedBody = {
      ...{ mediaType: 'application/json', bytes: text.length, sha256: sha256Hex(text) },
      parts: [head, piece],
    }
    const request = source.request(exchange, session, '', { body })
    const content = source.content(exchange, session, { ...piece, text: tail })
    return { session, said, request, content }
  }

  const makeAllDue = () =>
    database
      .updateTable('lineage.pending_flows')
      .set({ try_at: new Date(0) })
      .execute()

  test('does not wait in a circle where an exchange is dropped while its body is read', async () => {
    const { request, content } = withLongText()
    const { exchange } = request
    await apply([request, content])
    await record([request, content])
    let settling: Promise<number> | undefined
    await database.transaction().execute(async (transaction) => {
      await holdOffOthers(transaction)
      settling = settlePending(database)
      settling.catch(() => {})
      const waits = sql`select from pg_locks where locktype = 'advisory' and not granted`
      await until('it to wait', async () => (await waits.execute(database)).rows.length > 0 || undefined)
      await transaction.deleteFrom('lineage.pending_flows').where('exchange', '=', exchange).execute()
    })
    assert.equal(await settling, 0)
    const flows = database.selectFrom('lineage.flows').select('exchange').where('exchange', '=', exchange)
    assert.deepEqual(await flows.execute(), [])
  })

  test('reads bodies that are recorded by reference, whichever of their pieces comes last', async () => {
    const { session, said, request, content } = withLongText()
    await apply([request, content])
    assert.deepEqual(await countPending(database), { pending: 1, incomplete: 0 })
    assert.equal(await settlePending(database), 0)
    await record([request])
    await makeAllDue()
    assert.equal(await settlePending(database), 0)
    await record([content])
    await makeAllDue()
    assert.equal(await settlePending(database), 1)
    const { nodes } = await wholeGraph(session)
    assert.deepEqual(
      nodes.map(({ kind, digest, bytes }) => [kind, digest, bytes]),
      [['message', sha256Hex(said), said.length]],
    )
  })

  test('reads all bodies that are due but those that cannot be read, which it tries later', async () => {
    const due = Array.from({ length: 5 }, withLongText)
    const bad = due[2]!
    const events = due.flatMap(({ request, content }) => [request, content])
    await record(events)
    await apply(events)
    const admin = openDatabase<unknown>({ url: servers.adminUrl, name: 'test', max: 1 })
    const { id } = parseEvent(bad.request.json)
    await sql`update audit.events set event = '{' where id = ${id}`.execute(admin)
    await admin.destroy()
    const problems: string[] = []
    assert.equal(await settlePending(database, (event) => problems.push(event)), 4)
    assert.deepEqual(problems, [id])
    for (const one of due) assert.equal((await wholeGraph(one.session)).nodes.length, one === bad ? 0 : 1)
    const left = await database.selectFrom('lineage.pending_flows').select(['event', 'tries']).execute()
    assert.deepEqual(left, [{ event: id, tries: 1 }])
  })
})
