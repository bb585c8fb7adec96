import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Bus, connectBus, findKey } from '@airs-cp/bus'
import { buckets, eventTypes, ingressSource, type JournalProgress, uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { createLogger, type Running } from '@airs-cp/runtime'
import { sql } from 'kysely'
import { freePort } from '../../infra/local/free-port.ts'
import { startAudit } from '../../services/audit/audit.ts'
import {
  contributionsOf,
  latencyBuckets,
  type Measures,
  measures,
  sumOf,
} from '../../services/audit/figures/contribution.ts'
import { foldFigures } from '../../services/audit/figures/fold-figures.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { until } from '../support/control.ts'
import { storeWithin } from '../support/event-store.ts'
import { logSettings } from '../support/log-settings.ts'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { createTrafficSource, ship, type TestEvent } from '../support/traffic.ts'

const token = 'token-of-the-audit-test'

describe('the audit service', () => {
  const settings = logSettings()
  let servers: Awaited<ReturnType<typeof startServers>>
  let audit: Running
  let bus: Bus
  let database: ReturnType<typeof openDatabase<AuditTables>>
  const folder = makeTemporaryDirectory()
  const tokensFile = join(folder.path, 'tokens.yaml')
  const entry = (name: string) =>
    `  - { name: ${name}, role: ${name}, sha256: ${createHash('sha256').update(`token-of-${name}`).digest('hex')} }`
  writeFileSync(tokensFile, `tokens:\n${entry('viewer')}\n${entry('reader')}\n`)
  let port: number
  const start = async () =>
    startAudit(
      {
        host: '127.0.0.1',
        tls: undefined,
        limits: {},
        settings: [],
        port,
        isStandby: false,
        databaseUrl: servers.databaseUrl('airs_audit'),
        natsUrl: servers.natsUrl,
        access: { token, tokensFile },
        gapGraceMs: 300,
        topology: { replicas: undefined, trafficBytes: undefined },
        abandonAfterMs: 3_600_000,
        dropsArchivedOnly: false,
        retention: { contentDays: undefined, metadataDays: undefined },
        erasuresFile: join(folder.path, 'erasures.jsonl'),
        log: settings.log,
      },
      createLogger('audit', 'silent'),
    )

  before(async () => {
    servers = await startServers()
    port = await freePort()
    bus = await connectBus({ url: servers.natsUrl, name: 'test' })
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    audit = await start()
  })
  after(async () => {
    await audit?.close()
    await bus?.close()
    await database?.destroy()
    settings.remove()
    folder.remove()
    await servers?.stop()
  })

  const stored = (event: TestEvent) =>
    database.selectFrom('audit.events').select('event').where('id', '=', event.id).executeTakeFirst()
  const committed = (journal: string, sequence: number) =>
    until(`${journal} committed to ${sequence}`, async () => {
      const row = await database
        .selectFrom('audit.journals')
        .select('committed')
        .where('journal', '=', journal)
        .executeTakeFirst()
      return row && row.committed >= sequence ? row.committed : undefined
    })
  const controlEvents = async (type: string, journal: string) => {
    const rows = await database.selectFrom('audit.events').select('event').where('type', '=', type).execute()
    return rows.map(({ event }) => JSON.parse(event).data).filter((data) => data.journal === journal)
  }
  const api = async (method: string, path: string, as = token) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${as}` },
    })
    return (await response.json()) as Record<string, unknown>
  }

  test('stores the exact text of every event, once, however often and in whatever order it arrives', async () => {
    const source = createTrafficSource()
    const events: TestEvent[] = []
    for (let i = 0; i < 50; i++) {
      const request = source.request(
        uuidv7(),
        uuidv7(),
        `{"model":"m","messages":[],"text":"\\u0000 \\ud83d ü ${i}"}`,
      )
      events.push(request, source.completed(request.exchange, request.session))
    }
    const shuffled = [...events].sort((a, b) => (a.id.slice(-4) < b.id.slice(-4) ? -1 : 1))
    for (const event of shuffled) await ship(bus, event)
    for (const event of shuffled) await ship(bus, event, `again-${event.id}`)
    assert.equal(await committed(source.journal, 100), 100)
    for (const event of events) assert.equal((await stored(event))?.event, event.json)
    const progress = await until('the report of progress', async () => {
      const value = await findKey<JournalProgress>(bus, buckets.journalProgress, source.journal)
      return value?.committed === 100 ? value : undefined
    })
    assert.deepEqual(progress, { committed: 100, seen: 100 })
  })

  test('counts no exchange as open whose outcome arrived before its request', async () => {
    const source = createTrafficSource()
    const request = source.request()
    const outcome = source.completed(request.exchange, request.session)
    await ship(bus, outcome)
    await until('the outcome', () => stored(outcome))
    await ship(bus, request)
    await committed(source.journal, 2)
    const open = await database
      .selectFrom('audit.open_exchanges')
      .select('exchange')
      .where('exchange', '=', request.exchange)
      .execute()
    assert.deepEqual(open, [])
  })

  test('records a gap when it is found, and that it closed when the events came after all', async () => {
    const source = createTrafficSource()
    const events = Array.from({ length: 6 }, () => source.request())
    for (const index of [0, 1, 4, 5]) await ship(bus, events[index]!)
    await until('the gap', async () => (await controlEvents(eventTypes.journalGapFound, source.journal))[0])
    assert.deepEqual(await controlEvents(eventTypes.journalGapFound, source.journal), [
      { journal: source.journal, from: 3, to: 4 },
    ])
    assert.equal(await committed(source.journal, 2), 2)
    await ship(bus, events[2]!)
    await ship(bus, events[3]!)
    assert.equal(await committed(source.journal, 6), 6)
    await until('its end', async () => (await controlEvents(eventTypes.journalGapClosed, source.journal))[0])
  })

  test('does not wait for events that the ingress has reported to be destroyed', async () => {
    const damaged = createTrafficSource()
    const events = Array.from({ length: 5 }, () => damaged.request())
    for (const index of [0, 3, 4]) await ship(bus, events[index]!)
    const next = createTrafficSource()
    await ship(bus, next.started(damaged.source, [{ journal: damaged.journal, lastSequence: 5 }]))
    await ship(bus, next.damaged(damaged.journal, 2, 3))
    assert.equal(await committed(damaged.journal, 5), 5)
    const { gaps } = (await api('GET', '/v1/audit')) as { gaps: { lostEvents: number } }
    assert.equal(gaps.lostEvents, 2)
  })

  test('believes nobody who reports damage to a journal of another, nor damage beyond what was written', async () => {
    const journalOf = createTrafficSource()
    await ship(bus, journalOf.request())
    const stranger = createTrafficSource()
    await ship(bus, stranger.damaged(journalOf.journal, 2, 9_000_000))
    const next = createTrafficSource()
    await ship(bus, next.started(journalOf.source, [{ journal: journalOf.journal, lastSequence: 3 }]))
    await ship(bus, next.damaged(journalOf.journal, 2, 9_000_000))
    assert.equal(await committed(journalOf.journal, 3), 3)
  })

  test('does not wait for a place of which it has a dead letter, and takes that in when it is replayed', async () => {
    const source = createTrafficSource()
    const [first, second, third] = [source.request(), source.request(), source.request()]
    const unusable = { ...second, json: second.json.replace('"stream":false', '"stream":"no"') }
    for (const event of [first, unusable, third]) await ship(bus, event)
    assert.equal(await committed(source.journal, 3), 3)
    const [buried] = await until('the fact', async () => {
      const found = await controlEvents(eventTypes.eventBuried, source.journal)
      return found.length > 0 ? found : undefined
    })
    assert.deepEqual([buried.sequence, buried.event], [2, second.id])
  })

  test('buries events under subjects of others, in streams that have none of them, or from who records none', async () => {
    const source = createTrafficSource()
    const forged = source.request()
    const event = JSON.parse(forged.json)
    const mode = {
      ...event,
      id: uuidv7(),
      type: eventTypes.modeChanged,
      journal: undefined,
      sequence: undefined,
    }
    mode.data = { mode: 'off', reason: 'forged', actor: 'alice' }
    await ship(bus, { ...forged, id: mode.id, json: JSON.stringify(mode) })
    const abandoned = { ...mode, id: uuidv7(), type: eventTypes.exchangeAbandoned }
    abandoned.data = { requestEvent: forged.id, requestTime: event.time, reason: 'grace' }
    await ship(bus, { ...forged, id: abandoned.id, type: abandoned.type, json: JSON.stringify(abandoned) })
    const other = { ...event, id: uuidv7(), tenant: 'victim' }
    await ship(bus, { ...forged, id: other.id, json: JSON.stringify(other) })
    type Letters = { deadLetters: { eventId: string }[] }
    await until('the dead letters', async () => {
      const { deadLetters } = (await api('GET', '/v1/dead-letters/audit')) as Letters
      const ids = new Set(deadLetters.map(({ eventId }) => eventId))
      return [mode.id, abandoned.id, other.id].every((id) => ids.has(id)) || undefined
    })
  })

  test('believes no ingress about journals, processes and names of another', async () => {
    const east = createTrafficSource(uuidv7(), ingressSource('ingress-east', 'host', '1'))
    const west = createTrafficSource(uuidv7(), ingressSource('ingress-west', 'host', '1'))
    const open = east.request()
    await ship(bus, open)
    assert.equal(await committed(east.journal, 1), 1)
    const intruder = createTrafficSource(east.journal, west.source)
    intruder.request()
    const forged = {
      'a place of its journal': intruder.request(),
      'how much is in its journal': west.started(undefined, [{ journal: east.journal, lastSequence: 9_000 }]),
      'its source': createTrafficSource(uuidv7(), east.source, 'ingress-west').request(),
      'its source, without a name': { ...west.request(), ingress: undefined },
      'a source that is no ingress': createTrafficSource(uuidv7(), '/airs/policy', 'ingress-west').request(),
    }
    for (const event of Object.values(forged)) await ship(bus, event)
    const ends = createTrafficSource(uuidv7(), west.source)
    await ship(bus, ends.started(east.source, []))
    assert.equal(await committed(ends.journal, 1), 1)
    const second = east.completed(open.exchange, open.session)
    await ship(bus, second)
    assert.equal(await committed(east.journal, 2), 2)
    for (const [what, event] of Object.entries(forged)) {
      assert.equal(await stored(event), undefined, what)
      const { deadLetters } = (await api('GET', '/v1/dead-letters/audit')) as {
        deadLetters: { eventId: string }[]
      }
      assert.ok(
        deadLetters.some(({ eventId }) => eventId === event.id),
        what,
      )
    }
    const ended = await database
      .selectFrom('audit.ended_ingresses')
      .select('source')
      .where('source', '=', east.source)
      .execute()
    assert.deepEqual(ended, [])
    assert.deepEqual(await controlEvents(eventTypes.eventBuried, east.journal), [])
  })

  test('takes what an ingress ships of a journal that version 0.1 has begun', async () => {
    const former = createTrafficSource()
    const [first, second, third] = [former.request(), former.request(), former.request()]
    await ship(bus, first)
    await ship(bus, { ...second, ingress: 'ingress-east' })
    await ship(bus, { ...third, ingress: 'ingress-west' }, uuidv7())
    await ship(bus, third)
    assert.equal(await committed(former.journal, 3), 3)
  })

  test('finds no content by a digest that it does not have', async () => {
    const source = createTrafficSource()
    const claimed = 'ab'.repeat(32)
    const lie = source.content(uuidv7(), uuidv7(), { sha256: claimed, bytes: 3, text: 'abc' })
    await ship(bus, lie)
    await until('the event', () => stored(lie))
    const row = await database
      .selectFrom('audit.contents')
      .select('event_id')
      .where('sha256', '=', claimed)
      .executeTakeFirst()
    assert.equal(row, undefined)
  })

  test('abandons what an ended ingress left open, once everything it recorded has arrived', async () => {
    const ended = createTrafficSource()
    const open = ended.request()
    const done = ended.request()
    const late = ended.completed(done.exchange, done.session)
    await ship(bus, open)
    await ship(bus, done)
    const next = createTrafficSource()
    await ship(bus, next.started(ended.source, [{ journal: ended.journal, lastSequence: 3 }]))
    const abandoned = (exchange: string) =>
      database
        .selectFrom('audit.events')
        .select('event')
        .where('exchange', '=', exchange)
        .where('type', '=', eventTypes.exchangeAbandoned)
        .execute()
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    assert.deepEqual(await abandoned(open.exchange), [], 'event 3 has not arrived yet')
    await ship(bus, late)
    const [event] = await until('the abandonment', async () => {
      const rows = await abandoned(open.exchange)
      return rows.length > 0 ? rows : undefined
    })
    assert.deepEqual(
      [JSON.parse(event!.event).data.reason, JSON.parse(event!.event).data.requestEvent],
      ['ingress-ended', open.id],
    )
    assert.deepEqual(await abandoned(done.exchange), [])
  })

  test('buries what it cannot store, lets the rest pass, and takes it on another try', async () => {
    type Letters = { deadLetters: { id: number; eventId: string; error: string }[] }
    const earlier = (await api('GET', '/v1/dead-letters/audit')) as Letters
    const before = new Set(earlier.deadLetters.map(({ id }) => id))
    const source = createTrafficSource()
    const [first, second] = [source.request(), source.request()]
    const impostor = { ...second, id: uuidv7() }
    impostor.json = second.json.replace(second.id, impostor.id)
    await ship(bus, first)
    await ship(bus, second)
    await committed(source.journal, 2)
    await ship(bus, impostor)
    await ship(bus, { ...first, id: uuidv7(), json: '{"not":"an event"}' })
    const third = source.request()
    await ship(bus, third)
    assert.equal(await committed(source.journal, 3), 3)
    const { deadLetters } = (await api('GET', '/v1/dead-letters/audit')) as Letters
    assert.equal(deadLetters.filter(({ id }) => !before.has(id)).length, 2)
    const claim = deadLetters.find(({ eventId }) => eventId === impostor.id)
    assert.match(claim!.error, /claims place 2 of journal/)
    const again = await api('POST', `/v1/dead-letters/audit/${claim!.id}/replay`)
    assert.equal(again.applied, false)
    assert.equal((await stored(second))?.event, second.json)
  })

  test('goes on where it was after its connections to Postgres broke', async () => {
    const source = createTrafficSource()
    await ship(bus, source.request())
    await committed(source.journal, 1)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'airs-audit'`.execute(
      openAdmin(),
    )
    await ship(bus, source.request())
    assert.equal(await committed(source.journal, 2), 2)
  })

  test('takes again what JetStream lost, without storing it twice, and makes the streams anew', async () => {
    const source = createTrafficSource()
    const events = [source.request(), source.request(), source.request()]
    await ship(bus, events[0]!)
    await committed(source.journal, 1)
    await servers.nats.process.stop()
    rmSync(servers.nats.storeDirectory, { recursive: true })
    await servers.nats.process.start()
    await servers.nats.ready()
    for (const event of events)
      await until('the event to be taken', () =>
        ship(bus, event).then(
          () => true,
          () => undefined,
        ),
      )
    assert.equal(await committed(source.journal, 3), 3)
    const { rows } = await sql<{
      count: number
    }>`select count(*) as count from audit.events where journal = ${source.journal}`.execute(database)
    assert.equal(rows[0]?.count, 3)
  })

  let admin: ReturnType<typeof openDatabase<unknown>> | undefined
  const openAdmin = () => {
    admin ??= openDatabase<unknown>({ url: servers.adminUrl, name: 'admin-of-test' })
    return admin
  }
  after(() => admin?.destroy())

  describe('searches exchanges', () => {
    const session = `search-${uuidv7()}`
    const finding = { detector: 'pii', path: '/messages/0/content', confidence: 1, digest: 'x' }
    const make = (at: number) => {
      const source = createTrafficSource()
      const text = JSON.stringify({
        model: 'gpt-4o',
        messages: [
          { role: 'system', content: 'You help.' },
          { role: 'assistant', content: 'earlierword' },
          { role: 'user', content: `Refund invoice ${at} to ann@example.com` },
        ],
      })
      const request = source.request(uuidv7(), session, text)
      const opening = JSON.parse(request.json)
      opening.data.request.model = 'gpt-4o'
      opening.data.agent = `agent-${at % 2}`
      opening.data.tags = ['billing', `nr-${at}`]
      opening.data.key = { id: `key-${at % 2}`, name: `shop ${at % 2}` }
      opening.data.credential = { scheme: 'bearer', fingerprint: `0123456${at % 2}`.padEnd(32, `${at % 3}`) }
      opening.data.decision = {
        ...opening.data.decision,
        action: at % 5 === 0 ? 'redact' : 'allow',
        verdicts: [
          { policy: 'mail', version: 1, mode: 'enforce', action: 'redact', enforced: true, findings: [0] },
        ],
        findings: [{ ...finding, path: '/messages/2/content', type: 'EMAIL', start: 20, end: 35 }],
      }
      const reply = {
        id: 'c',
        object: 'chat.completion',
        model: 'gpt-4o-1',
        choices: [{ index: 0, message: { role: 'assistant', content: `Done, ticket ${at}` } }],
      }
      const outcome = source.completed(request.exchange, session, JSON.stringify(reply))
      const ending = JSON.parse(outcome.json)
      ending.data.status = at % 5 === 0 ? 429 : 200
      return [
        { ...request, json: JSON.stringify(opening) },
        { ...outcome, json: JSON.stringify(ending) },
      ] as const
    }
    const exchanges = Array.from({ length: 12 }, (_, at) => make(at))
    const ids = exchanges.map(([request]) => request.exchange)
    const search = async (query: Record<string, string | number>) => {
      const found: string[] = []
      let after: string | null = null
      do {
        const all: Record<string, string> = { ...query, ...(after !== null && { after }) }
        const page = (await api('GET', `/v1/exchanges?${new URLSearchParams(all)}`)) as {
          exchanges: { exchange: string }[]
          next: string | null
        }
        assert.ok(page.exchanges, JSON.stringify(page))
        found.push(...page.exchanges.map(({ exchange }) => exchange))
        after = page.next
      } while (after !== null)
      return found
    }
    const newest = (filter: (at: number) => boolean) => ids.filter((_, at) => filter(at)).reverse()

    const storedExchange = (exchange: string) =>
      until('an exchange to be stored', async () => {
        const { rows } = await sql`select 1 from audit.exchanges where exchange = ${exchange}`.execute(
          database,
        )
        return rows.length > 0 ? true : undefined
      })
    before(async () => {
      // Outcomes first for some, and some together: neither the order of arrival nor transactions must matter.
      for (const [at, [request, outcome]] of exchanges.entries())
        for (const event of at % 3 === 0 ? [outcome, request] : [request, outcome]) {
          await ship(bus, event)
          if (at % 2 === 0) await storedExchange(request.exchange)
        }
      await until('all to be searchable', async () => {
        const { rows } = await sql<{ count: number }>`select count(*) as count from audit.exchange_words w
          join audit.exchanges e using (exchange) where e.session = ${session}
          and e.requested_at is not null and e.ended_at is not null`.execute(database)
        const pending = await sql`select 1 from audit.words_pending`.execute(database)
        return rows[0]!.count === ids.length && pending.rows.length === 0 ? true : undefined
      })
    })

    test('by what they are, newest first', async () => {
      const all = () => true
      assert.deepEqual(await search({ session }), newest(all))
      assert.deepEqual(await search({ session, model: 'gpt-4o' }), newest(all))
      assert.deepEqual(
        await search({ session, agent: 'agent-1' }),
        newest((at) => at % 2 === 1),
      )
      assert.deepEqual(
        await search({ session, key: 'shop 0' }),
        newest((at) => at % 2 === 0),
      )
      assert.deepEqual(await search({ session, key: 'key-0', agent: 'agent-1' }), [])
      assert.deepEqual(
        await search({ session, credential: '01234561' }),
        newest((at) => at % 2 === 1),
      )
      assert.deepEqual(await search({ session, credential: '0123456020' }), [])
      assert.deepEqual(
        await search({ session, credential: '01234560'.padEnd(32, '2') }),
        newest((at) => at % 6 === 2),
      )
      assert.deepEqual(await search({ tag: 'nr-7' }), [ids[7]])
      assert.deepEqual(await search({ session, finding: 'EMAIL', policy: 'mail' }), newest(all))
      assert.deepEqual(
        await search({ session, decision: 'redact' }),
        newest((at) => at % 5 === 0),
      )
      assert.deepEqual(
        (await search({ decision: 'redact' })).filter((id) => ids.includes(id)),
        newest((at) => at % 5 === 0),
      )
      assert.deepEqual(
        await search({ session, status: '4xx' }),
        newest((at) => at % 5 === 0),
      )
      assert.deepEqual(
        await search({ session, status: '429', agent: 'agent-0' }),
        newest((at) => at % 10 === 0),
      )
      assert.deepEqual(await search({ session, state: 'completed' }), newest(all))
      assert.deepEqual(await search({ session, state: 'open' }), [])
    })

    test('by what was said, and not by what earlier exchanges said', async () => {
      assert.deepEqual(await search({ session, text: 'refund' }), [
        ...(await search({ session, text: '"refund invoice"' })),
      ])
      assert.equal((await search({ session, text: 'refund' })).length, ids.length)
      assert.deepEqual(await search({ session, text: 'ticket 7' }), [ids[7]])
      assert.deepEqual(await search({ session, text: 'refund -7', tag: 'nr-7' }), [])
      assert.deepEqual(await search({ session, text: 'earlierword' }), [])
      for (const text of ['"', '!!!', '🙂']) assert.deepEqual(await search({ session, text }), [], text)
    })

    test('by what was said, in whatever order the events of an exchange arrive', async () => {
      const said = Buffer.from('"Quarterly zebra forecast"')
      const sha256 = createHash('sha256').update(said).digest('hex')
      const head = '{"model":"m","messages":[{"role":"user","content":'
      const arrivals = ['outcome, content, request', 'content, outcome, request', 'request, outcome, content']
      for (const order of arrivals) {
        const source = createTrafficSource()
        const [exchange, of] = [uuidv7(), uuidv7()]
        const content = source.content(exchange, of, { sha256, bytes: said.length, text: said.toString() })
        const parts = [head, { sha256, bytes: said.length }, '}]}']
        const bytes = head.length + said.length + 3
        const body = { mediaType: 'application/json', bytes, sha256, parts }
        const request = source.request(exchange, of, undefined, { body })
        const outcome = source.completed(exchange, of)
        for (const name of order.split(', ')) {
          await ship(bus, { content, request, outcome }[name]!)
          await until(`${name} of "${order}" to be taken up`, async () => {
            const { rows } = await sql`select 1 from audit.words_pending`.execute(database)
            const event = { content, request, outcome }[name]!
            return rows.length === 0 && (await stored(event)) ? true : undefined
          })
        }
        await until(`words of "${order}" to be found`, async () =>
          (await search({ session: of, text: 'zebra' })).includes(exchange) ? true : undefined,
        )
        await sql`delete from audit.contents where sha256 = ${sha256}`.execute(openAdmin())
      }
    })

    test('but not on from a cursor of another kind of search', async () => {
      for (const query of ['after=12', `text=refund&after=${ids[0]}`]) {
        const refused = await api('GET', `/v1/exchanges?${query}`)
        assert.equal((refused.error as { code: string } | undefined)?.code, 'invalid_request', query)
      }
    })

    test('page by page, each exchange once, while others arrive', async () => {
      const first = (await api('GET', `/v1/exchanges?session=${session}&limit=5`)) as {
        exchanges: { exchange: string }[]
        next: string
      }
      const [request] = make(99)
      await ship(bus, { ...request })
      await until('the newest', async () =>
        (await search({ session })).includes(request.exchange) ? true : undefined,
      )
      const rest = (await api(
        'GET',
        `/v1/exchanges?session=${session}&limit=50&after=${first.next}`,
      )) as typeof first
      assert.deepEqual(
        [...first.exchanges, ...rest.exchanges].map(({ exchange }) => exchange),
        newest(() => true),
      )
    })

    test('within a range of time', async () => {
      const [request] = exchanges[6]!
      const { time } = JSON.parse(request.json)
      // A range is of the times in exchanges' ids, and an id is made before its event.
      const from = new Date(Date.parse(time) - 1_000).toISOString()
      const until_ = new Date(Date.parse(time) + 60_000).toISOString()
      assert.deepEqual(await search({ session, from: new Date(Date.now() + 60_000).toISOString() }), [])
      assert.ok((await search({ session, from, until: until_ })).includes(request.exchange))
      assert.deepEqual(await search({ session, until: '2020-01-01T00:00:00Z' }), [])
    })

    test('for viewers without what was said, and records who reads it', async () => {
      const [viewer, reader] = ['token-of-viewer', 'token-of-reader']
      const id = ids[3]!
      const events = `/v1/events?exchange=${id}`
      const conversation = `/v1/exchanges/${id}/conversation`
      const reads = async () =>
        (
          await database
            .selectFrom('audit.events')
            .select('event')
            .where('type', '=', eventTypes.contentRead)
            .orderBy('time')
            .execute()
        )
          .map(({ event }) => JSON.parse(event).data)
          .filter(({ actor }) => actor === 'viewer' || actor === 'reader')
      const seen = (await api('GET', events, viewer)) as {
        events: { id: string; data: { request?: { body: object } } }[]
      }
      assert.equal(seen.events.length, 2)
      assert.doesNotMatch(JSON.stringify(seen), /Refund|ticket|example\.com/)
      const opening = seen.events.find(({ data }) => data.request)!
      assert.deepEqual(Object.keys(opening.data.request!.body), ['mediaType', 'bytes', 'sha256'])
      const proofs = [`/v1/exchanges/${id}/proof`, `/v1/events/${seen.events[0]!.id}/proof`]
      for (const path of [conversation, '/v1/exchanges?text=refund', `${events}&content=true`, ...proofs])
        assert.equal(((await api('GET', path, viewer)).error as { code: string }).code, 'role_missing', path)
      assert.equal((await api('GET', `/v1/exchanges/${id}`, viewer)).decision, 'allow')
      for (const path of proofs) {
        const redacted = (await api('GET', `${path}?redact=true`, viewer)) as { events: { facts?: string }[] }
        assert.ok(redacted.events.every(({ facts }) => facts !== undefined))
        assert.doesNotMatch(JSON.stringify(redacted), /Refund|ticket|example\.com/)
      }
      await api('GET', `${events}&content=false`, reader)
      assert.match(JSON.stringify(await api('GET', events, reader)), /Refund invoice 3/)
      await api('GET', conversation, reader)
      await api('GET', `/v1/exchanges?text=refund&tag=nr-3`, reader)
      assert.match(JSON.stringify(await api('GET', proofs[0]!, reader)), /Refund invoice 3/)
      const found = await until('the reads', async () => ((await reads()).length >= 4 ? reads() : undefined))
      assert.deepEqual(
        found.map(({ actor, role, what, ids: of }) => [actor, role, what, of.length]),
        [
          ['reader', 'reader', 'events', 2],
          ['reader', 'reader', 'conversation', 1],
          ['reader', 'reader', 'search', 1],
          ['reader', 'reader', 'receipt', 1],
        ],
      )
    })

    test('and lists what there is where a value is not known', async () => {
      const { error } = (await api('GET', '/v1/exchanges?agent=nobody')) as { error: Record<string, string> }
      assert.equal(error.code, 'value_unknown')
      assert.match(error.message!, /"nobody"; there are: agent-0, agent-1$/)
    })

    test('and shows one with what was found in what was said', async () => {
      const conversation = (await api('GET', `/v1/exchanges/${ids[3]}/conversation`)) as {
        request: {
          messages: {
            role: string
            text: string
            marks: { start: number; end: number; type: string; policies: string[] }[]
          }[]
        }
        response: { messages: { role: string; text: string }[] }
      }
      const said = conversation.request.messages.find(({ role }) => role === 'user')!
      const { start, end, type, policies } = said.marks[0]!
      assert.deepEqual([said.text.slice(start, end), type, policies], ['ann@example.com', 'EMAIL', ['mail']])
      assert.deepEqual(
        conversation.response.messages.map(({ role, text }) => [role, text]),
        [['assistant', 'Done, ticket 3']],
      )
      const details = await api('GET', `/v1/exchanges/${ids[3]}`)
      assert.deepEqual(
        [details.state, details.findingTypes, details.responseModel],
        ['completed', ['EMAIL'], null],
      )
    })
  })

  test('waits for figures that somebody else is adding up', async () => {
    await until('all to be added up', async () => ((await foldFigures(database)) === 0 ? true : undefined))
    let isAdded = false
    let waiting: Promise<boolean> | undefined
    // The service adds up as well: where it was quicker, there is nothing to wait for.
    while (!waiting) {
      await database.insertInto('audit.figures_pending').values({ deltas: '[]' }).execute()
      await database.transaction().execute(async (transaction) => {
        const { numDeletedRows } = await transaction.deleteFrom('audit.figures_pending').executeTakeFirst()
        if (numDeletedRows === 0n) return
        waiting = foldFigures(database).then((notes) => notes === 0 && isAdded)
        await until('the second to wait', async () => {
          const { rows } = await sql`select 1 from pg_stat_activity where datname = current_database()
            and wait_event_type = 'Lock' and query like '%figures_pending%'`.execute(database)
          return rows.length > 0 || undefined
        })
        isAdded = true
      })
    }
    assert.equal(await waiting, true)
  })

  test('counts in its figures exactly what its exchanges say, at every step', async () => {
    await until('all to be added up', async () => ((await foldFigures(database)) === 0 ? true : undefined))
    const rows = await database.selectFrom('audit.exchanges').selectAll().execute()
    assert.ok(rows.length > 50, String(rows.length))
    for (const step of [60, 3_600, 86_400]) {
      const counted = await database
        .selectFrom('audit.figures')
        .selectAll()
        .where('step_seconds', '=', step)
        .execute()
      const minutes = step / 60
      const recounted = sumOf(
        rows
          .flatMap(contributionsOf)
          .map((delta) => ({ ...delta, minute: Math.floor(delta.minute / minutes) * minutes })),
      )
      const line = (of: Measures & { kind: string; value: string }, atMs: number, latencies: number[]) =>
        JSON.stringify([of.kind, of.value, atMs, ...measures.map((measure) => of[measure]), latencies])
      assert.deepEqual(
        counted
          .filter(({ exchanges }) => exchanges !== 0)
          .map((of) => line(of, of.at.getTime(), (of.latencies ?? []).map(Number)))
          .sort(),
        recounted
          .map((of) =>
            line(
              of,
              of.minute * 60_000,
              of.latencies
                ? Array.from({ length: latencyBuckets }, (_, bucket) => of.latencies?.[bucket] ?? 0)
                : [],
            ),
          )
          .sort(),
      )
    }
    const overview = (await api('GET', '/v1/overview')) as {
      totals: { exchanges: number; latencyMs: { p50: number } }
      series: { exchanges: number }[]
      completeness: { numbered: number; recorded: number }
    }
    assert.equal(overview.totals.exchanges, rows.length)
    assert.equal(
      overview.series.reduce((sum, { exchanges }) => sum + exchanges, 0),
      rows.length,
    )
    const { usage } = (await api('GET', '/v1/usage/agent')) as {
      usage: { value: string; exchanges: number; lastUsedAt: string }[]
    }
    const ofAgent = rows.filter(({ agent }) => agent === 'agent-1')
    const found = usage.find(({ value }) => value === 'agent-1')!
    assert.equal(found.exchanges, ofAgent.length)
    assert.equal(
      found.lastUsedAt,
      new Date(Math.max(...ofAgent.map(({ requested_at }) => requested_at!.getTime()))).toISOString(),
    )
  })

  test('sends exchanges as they are recorded, and again from a position on', async () => {
    const follow = async (exchanges: string[], headers: Record<string, string> = {}) => {
      const response = await fetch(`http://127.0.0.1:${port}/v1/exchanges/live?provider=mock`, {
        headers: { authorization: `Bearer ${token}`, ...headers },
        signal: AbortSignal.timeout(60_000),
      })
      assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
      const states = new Map<string, string>()
      let text = ''
      let first: string | undefined
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk
        first ??= /^id: (\d+)$/m.exec(text)?.[1]
        for (const [, data] of text.matchAll(/^data: (\{"exchanges".*)$/gm))
          for (const { exchange, state } of JSON.parse(data!).exchanges) states.set(exchange, state)
        if (exchanges.every((exchange) => states.get(exchange) === 'completed')) break
        if (first !== undefined && states.size === 0) await shipOnce()
      }
      return { states, first: first! }
    }
    const source = createTrafficSource()
    const ids = Array.from({ length: 10 }, () => uuidv7())
    const session = uuidv7()
    let isShipped = false
    const shipOnce = async () => {
      if (isShipped) return
      isShipped = true
      for (const id of ids) {
        await ship(bus, source.request(id, session))
        await ship(bus, source.completed(id, session))
      }
    }
    const { first } = await follow(ids)
    const again = await follow(ids, { 'last-event-id': first })
    assert.ok(again.states.size >= ids.length)
    const unseen = await fetch(`http://127.0.0.1:${port}/v1/exchanges/live?agent=nobody-yet`, {
      headers: { authorization: `Bearer ${token}` },
    })
    assert.equal(unseen.status, 200, 'who waits for the first exchange of an agent can wait')
    await unseen.body!.cancel()
  })

  test('sends exchanges whose events were being stored when somebody began to follow', async () => {
    const source = createTrafficSource()
    const request = source.request()
    const outcome = source.completed(request.exchange, request.session)
    const began = Promise.withResolvers<void>()
    const mayCommit = Promise.withResolvers<void>()
    const storing = database.transaction().execute(async (transaction) => {
      await storeWithin(transaction, [request, outcome])
      began.resolve()
      await mayCommit.promise
    })
    await began.promise
    const later = createTrafficSource().request()
    await ship(bus, later)
    await until('what came later', () => stored(later))
    const response = await fetch(`http://127.0.0.1:${port}/v1/exchanges/live`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(20_000),
    })
    let text = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      if (text.includes('event: position')) mayCommit.resolve()
      if (text.includes(request.exchange)) break
    }
    assert.ok(text.includes(request.exchange))
    assert.ok(!text.includes(later.exchange), 'what was stored before is in the list that is read then')
    await storing
  })

  test('cannot change or remove what it has stored', async () => {
    await assert.rejects(sql`update audit.events set event = ''`.execute(database), /permission denied/)
    await assert.rejects(sql`delete from audit.events`.execute(database), /permission denied/)
    await assert.rejects(sql`select * from policy.versions`.execute(database), /permission denied/)
  })
})
