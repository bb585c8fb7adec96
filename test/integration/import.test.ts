import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Bus, connectBus } from '@airs-cp/bus'
import { type ApiClientError, type Client, createClient } from '@airs-cp/client'
import { sha256Hex, uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { createLogger, type Running } from '@airs-cp/runtime'
import { KeptTree } from '@airs-cp/transparency-log'
import { freePort } from '../../infra/local/free-port.ts'
import { startAudit } from '../../services/audit/audit.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { until } from '../support/control.ts'
import { logSettings } from '../support/log-settings.ts'
import { startServers } from '../support/servers.ts'
import { createTrafficSource, ship, type TestEvent } from '../support/traffic.ts'

const token = 'token-of-the-import-test'

describe('imported events', () => {
  const settings = logSettings()
  let servers: Awaited<ReturnType<typeof startServers>>
  let audit: Running
  let bus: Bus
  let client: Client
  let database: ReturnType<typeof openDatabase<AuditTables>>
  before(async () => {
    servers = await startServers()
    const port = await freePort()
    bus = await connectBus({ url: servers.natsUrl, name: 'test' })
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    audit = await startAudit(
      {
        host: '127.0.0.1',
        tls: undefined,
        limits: {},
        settings: [],
        port,
        isStandby: false,
        databaseUrl: servers.databaseUrl('airs_audit'),
        natsUrl: servers.natsUrl,
        access: { token, tokensFile: undefined },
        gapGraceMs: 300,
        topology: { replicas: undefined, trafficBytes: undefined },
        abandonAfterMs: 1_000,
        dropsArchivedOnly: false,
        retention: { contentDays: undefined, metadataDays: undefined },
        erasuresFile: `${settings.log.directory}/erasures.jsonl`,
        log: settings.log,
      },
      createLogger('audit', 'silent'),
    )
    client = createClient({ url: `http://127.0.0.1:${port}`, token })
  })
  after(async () => {
    await client?.close()
    await audit?.close()
    await bus?.close()
    await database?.destroy()
    settings.remove()
    await servers?.stop()
  })

  const textOf = (events: TestEvent[]) => events.map(({ json }) => `${json}\n`).join('')
  async function begin(texts: string[], events: number) {
    const tree = new KeptTree()
    for (const text of texts) tree.append(Buffer.from(text))
    const text = texts.join('')
    const parts = { count: tree.size, root: tree.root().toString('hex') }
    const { id } = await client.imports.begin({ sha256: sha256Hex(text), bytes: text.length, events, parts })
    const send = (part: number, lines = texts[part]!, into = id) =>
      client.imports.send(into, { part, lines, proof: tree.proof(part) })
    return { id, send }
  }
  async function importAll(events: TestEvent[]) {
    const { send } = await begin([textOf(events)], events.length)
    return send(0)
  }
  const stored = async (event: TestEvent) =>
    (await database.selectFrom('audit.events').select('event').where('id', '=', event.id).executeTakeFirst())
      ?.event
  const refused = (events: TestEvent[], status: number, message: RegExp) =>
    assert.rejects(importAll(events), (error: ApiClientError) => {
      assert.equal(error.status, status)
      assert.match(error.message, message)
      return true
    })

  test('are stored byte for byte when the call is answered, and once however often they come', async () => {
    const source = createTrafficSource()
    const events = Array.from({ length: 20 }, () => source.request())
    // Not as JSON.stringify would write it: exact bytes are kept, not their meaning.
    events[3]!.json = events[3]!.json.replace('{"specversion"', '{  "specversion"')
    assert.deepEqual(await importAll(events), { events: 20, imported: 20, known: 0 })
    for (const event of events) assert.equal(await stored(event), event.json)
    assert.deepEqual(await importAll(events), { events: 20, imported: 0, known: 20 })
    const further = source.request()
    assert.deepEqual(await importAll([...events, further]), { events: 21, imported: 1, known: 20 })
  })

  test('are refused where Postgres would write their id or time otherwise, and exports have another order', async () => {
    const changes: [RegExp, string, RegExp][] = [
      [/"id":"[^"]+"/, `"id":"${uuidv7().toUpperCase()}"`, /id: .* has capital letters/],
      [/"time":"[^"]+"/, '"time":"2026-11-30T10:00:00.1239Z"', /time: .* is not of seconds or milliseconds/],
      [/"time":"[^"]+"/, '"time":"2026-11-30T10:00Z"', /time/],
      [/"time":"[^"]+"/, '"time":"0000-01-01T00:00:00Z"', /time: /],
    ]
    for (const [what, by, message] of changes) {
      const event = createTrafficSource().request()
      await refused([{ ...event, json: event.json.replace(what, by) }], 422, message)
    }
    const event = createTrafficSource().request()
    const whole = { ...event, json: event.json.replace(/\.\d{3}Z"/, 'Z"') }
    assert.deepEqual(await importAll([whole]), { events: 1, imported: 1, known: 0 })
  })

  test('that are here with other bytes are refused, and the batch with them', async () => {
    const source = createTrafficSource()
    const event = source.request()
    await importAll([event])
    const changed = { ...event, json: event.json.replace('"mock"', '"elsewhere"') }
    const further = source.request()
    await refused([further, changed], 409, new RegExp(`Event ${event.id} is here already, with other bytes`))
    assert.equal(await stored(event), event.json)
    assert.equal(await stored(further), undefined)
    await refused(
      [further, { ...further, json: changed.json.replace(event.id, further.id) }],
      409,
      /comes twice/,
    )
    const impostor = createTrafficSource(source.journal).request()
    await refused([impostor], 409, /Place 1 of journal .* is taken here/)
    await refused([{ ...event, json: '{"id":1}' }], 422, /Line 1 is no event/)
  })

  const gapOf = (journal: string) =>
    until(`a gap in ${journal}`, () =>
      database.selectFrom('audit.gaps').select('journal').where('journal', '=', journal).executeTakeFirst(),
    )

  test('of elsewhere are neither missed nor closed here', async () => {
    const source = createTrafficSource()
    source.request()
    const [second] = [source.request(), source.request()]
    const fourth = source.request()
    await importAll([second, fourth])
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    const journals = await database.selectFrom('audit.journals').selectAll().execute()
    assert.ok(!journals.some(({ journal }) => journal === source.journal))
    const abandoned = await database
      .selectFrom('audit.events')
      .select('id')
      .where('exchange', 'in', [second.exchange, fourth.exchange])
      .execute()
    assert.equal(abandoned.length, 2)
  })

  test('fill the gaps of a journal that is shipped here, whichever of the two comes first', async () => {
    const committed = (journal: string, sequence: number) =>
      until(`${journal} committed to ${sequence}`, async () => {
        const row = await database
          .selectFrom('audit.journals')
          .select('committed')
          .where('journal', '=', journal)
          .executeTakeFirst()
        return row?.committed === sequence || undefined
      })
    const restored = createTrafficSource()
    const before = [restored.request(), restored.request()]
    await importAll(before)
    await ship(bus, restored.request())
    await committed(restored.journal, 3)
    const repaired = createTrafficSource()
    const [first, second] = [repaired.request(), repaired.request()]
    await ship(bus, second)
    await committed(repaired.journal, 0)
    await gapOf(repaired.journal)
    await importAll([first])
    await committed(repaired.journal, 2)
  })

  test('cannot take a place that an ingress of ours may fill itself', async () => {
    const live = createTrafficSource()
    const [first, second, third] = [live.request(), live.request(), live.request()]
    await ship(bus, first)
    await until('the first to be stored', async () => (await stored(first)) !== undefined || undefined)
    await refused([second], 409, /Place 2 of journal .* is its ingress's to fill/)
    await ship(bus, second)
    await ship(bus, third)
    await until('the third to be stored', async () => (await stored(third)) !== undefined || undefined)
  })

  test('say with which import they came, and are no more than it announced', async () => {
    const source = createTrafficSource()
    const [first, second] = [source.request(), source.request()]
    const { id, send } = await begin([textOf([first]), textOf([second])], 1)
    await send(0)
    const origin = await database
      .selectFrom('audit.imported_events')
      .select('import_id')
      .where('event_id', '=', first.id)
      .executeTakeFirst()
    assert.equal(origin?.import_id, id)
    await assert.rejects(send(1), { status: 409, message: /has announced 1 events/ })
    await assert.rejects(send(1, textOf([second]), first.id), { status: 404 })
  })

  test('are those that were announced, in their parts, and no others', async () => {
    const source = createTrafficSource()
    const [first, second, third] = [source.request(), source.request(), source.request()]
    const { send } = await begin([textOf([first]), textOf([second])], 3)
    const changed = textOf([first]).replace('"session":"', '"session":"x')
    assert.notEqual(changed, textOf([first]))
    for (const [part, lines] of [
      [0, changed],
      [0, textOf([third])],
      [0, textOf([second])],
      [0, textOf([first, third])],
      [1, ''],
    ] as const)
      await assert.rejects(send(part, lines), { status: 409, message: /not part \d of what import/ })
    assert.equal(await stored(first), undefined)
    assert.deepEqual(await send(1), { events: 1, imported: 1, known: 0 })
    assert.deepEqual(await send(0), { events: 1, imported: 1, known: 0 })
    assert.equal(await stored(first), first.json)
  })

  test('must be begun', () =>
    assert.rejects(client.imports.send(uuidv7(), { part: 0, lines: '{}\n', proof: [] }), { status: 404 }))
})
