import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import {
  appendControlEvent,
  type Bus,
  connectBus,
  ensureTopology,
  lastSequence,
  runProjection,
} from '@airs-cp/bus'
import {
  type EventByType,
  type EventType,
  eventTypes,
  parseEvent,
  recordBody,
  sha256Hex,
  streams,
  uuidv7,
  type Verdict,
} from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { sql, type Transaction } from 'kysely'
import type { AuditTables } from '../../services/audit/tables.ts'
import { startOutbox } from '../../services/policy/alerts/outbox.ts'
import { noteViolation } from '../../services/policy/alerts/violations.ts'
import { listAgents, listAnomalies } from '../../services/policy/conduct/anomalies.ts'
import { findAskers, noteCalls } from '../../services/policy/conduct/follow-agents.ts'
import { followRejections } from '../../services/policy/policies/rejections.ts'
import { createProjections } from '../../services/policy/projection.ts'
import { listQuarantines } from '../../services/policy/quarantine/quarantines.ts'
import type { PolicyTables } from '../../services/policy/tables.ts'
import { until } from '../support/control.ts'
import { storeRecorded } from '../support/event-store.ts'
import { startServers } from '../support/servers.ts'
import { ship } from '../support/traffic.ts'

const dayMs = 86_400_000
const decision = {
  action: 'allow',
  mode: 'enforce',
  policySet: 1,
  verdicts: [] as Verdict[],
  findings: [],
  scanned: { characters: 0, skipped: [] },
}
const blockedBy = (action: 'block' | 'quarantine'): Verdict => ({
  policy: `${action}s`,
  version: 1,
  mode: 'enforce',
  action,
  enforced: true,
  findings: [],
})

function eventOf(type: EventType, session: string, exchange: string, data: object, atMs = Date.now()) {
  const id = uuidv7()
  const event = {
    specversion: '1.0',
    id,
    type,
    source: '/airs/ingress/test/1',
    subject: exchange,
    time: new Date(atMs).toISOString(),
    datacontenttype: 'application/json',
    tenant: 'default',
    session,
    exchange,
    journal: 'j',
    sequence: 1,
    data: { recording: 'strict', decision, provider: 'mock', ...data },
  }
  return { id, type, session, exchange, sequence: 1, json: JSON.stringify(event) }
}

const request = {
  method: 'POST',
  path: '/v1/chat/completions',
  format: 'openai.chat',
  model: 'm',
  stream: false,
  body: recordBody(Buffer.from('{}'), 'application/json'),
}
const asked = (agent: string, session: string, exchange: string, atMs?: number) =>
  eventOf(eventTypes.requestReceived, session, exchange, { agent, tags: [], sources: [], request }, atMs)
const called = (session: string, exchange: string, tools: string[], atMs?: number) => {
  const tool_calls = tools.map((name, index) => ({
    id: `c${index}`,
    type: 'function',
    function: { name, arguments: '{}' },
  }))
  const response = {
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', tool_calls } }],
  }
  const body = recordBody(Buffer.from(JSON.stringify(response)), 'application/json')
  const data = { status: 200, stream: false, attempts: [], timing: { durationMs: 1 }, body }
  return eventOf(eventTypes.responseCompleted, session, exchange, data, atMs)
}
const refused = (session: string, action: 'block' | 'quarantine' = 'block', atMs?: number) =>
  eventOf(
    eventTypes.requestBlocked,
    session,
    uuidv7(),
    {
      tags: [],
      sources: [],
      request,
      status: 403,
      decision: { ...decision, action, verdicts: [blockedBy(action)] },
    },
    atMs,
  )

describe('what the policy service makes of events', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<PolicyTables>>
  let admin: ReturnType<typeof openDatabase<PolicyTables>>
  let bus: Bus

  before(async () => {
    servers = await startServers()
    database = openDatabase<PolicyTables>({ url: servers.databaseUrl('airs_policy'), name: 'test' })
    admin = openDatabase<PolicyTables>({ url: servers.adminUrl, name: 'test' })
    bus = await connectBus({ url: servers.natsUrl, name: 'test' })
  })
  after(async () => {
    await bus?.close()
    await database?.destroy()
    await admin?.destroy()
    await servers?.stop()
  })
  beforeEach(emptyTables)

  /** As after the loss of the database: nothing is left but its schema. */
  async function emptyTables(): Promise<void> {
    const { rows } = await sql<{
      name: string
    }>`select tablename as name from pg_tables where schemaname = 'policy'
      and tablename not like 'kysely%'`.execute(admin)
    await sql`truncate ${sql.join(rows.map(({ name }) => sql.id('policy', name)))}`.execute(admin)
  }

  /** Runs as the service does, until nothing is left to do, and returns what came of it. */
  async function run(work: () => Promise<void>) {
    const { control, traffic } = createProjections()
    const failures: unknown[] = []
    const onProblem = (...problem: unknown[]) => failures.push(problem)
    const controlled = runProjection({ bus, database, projection: control, onProblem })
    const outbox = startOutbox({ bus, database, onProblem })
    const followed = runProjection({
      ...{ bus, database, projection: traffic, after: controlled.caughtUp(), onProblem },
      onBatch: () => outbox.wake(),
    })
    try {
      await work()
      await followed.caughtUp()
      await until('all is recorded', async () => {
        const { rows } = await sql`select 1 from policy.outbox`.execute(database)
        return rows.length === 0 || undefined
      })
      await controlled.caughtUp()
      const buried = [controlled, followed].map((one) => one.stats().deadLetters)
      assert.deepEqual(buried, [0, 0], JSON.stringify(failures))
    } finally {
      await outbox.close()
      await followed.close()
      await controlled.close()
    }
    return {
      anomalies: await listAnomalies(database, { limit: 1_000 }),
      agents: await listAgents(database),
      quarantines: await listQuarantines(database, { all: true, limit: 1_000 }),
    }
  }

  test('is made again of the streams as it was, and nothing is reported twice', async () => {
    const window = streams.control as { duplicateWindowMs: number }
    window.duplicateWindowMs = 100
    await ensureTopology(bus)
    const send = async (...events: ReturnType<typeof eventOf>[]) => {
      for (const event of events) await ship(bus, event)
    }
    const call = async (session: string, tools: string[]) => {
      const exchange = uuidv7()
      await send(asked('clerk', session, exchange), called(session, exchange, tools))
    }
    const change = { actor: 'ann', reason: 'a test' }
    const first = await run(async () => {
      await send(refused('before-the-rule'), refused('before-the-rule'))
      const rule = {
        violations: 2,
        withinSeconds: 600,
        forSeconds: 3_600,
        target: 'session' as const,
        ...change,
      }
      const { id } = await appendControlEvent(bus, '/test', eventTypes.quarantineRuleChanged, rule)
      await until('the rule', async () => {
        const { rows } = await sql`select 1 from policy.quarantine_rules where id = ${id}`.execute(database)
        return rows.length > 0 || undefined
      })
      for (let session = 0; session < 6; session++) {
        await call(`s${session}`, ['search', 'read'])
        await call(`s${session}`, ['search', 'read'])
      }
      await call('odd', ['search', 'delete_all'])
      for (let turn = 0; turn < 8; turn++) await call('busy', ['search', 'read'])
      await call('twice', ['search', 'search'])
      await send(refused('often'), refused('often'), refused('at-once', 'quarantine'), refused('once'))
      const quarantined = (session: string) =>
        until(`${session} in quarantine`, async () => {
          const sessions = await listQuarantines(database, { all: true, limit: 10, session })
          return sessions[0]
        })
      await quarantined('at-once')
      await quarantined('often')
      const release = { session: 'often', ...change }
      await appendControlEvent(bus, '/test', eventTypes.sessionReleased, release)
      await until('the release', async () => (await quarantined('often')).releasedAt ?? undefined)
      await send(refused('often'))
    })
    assert.deepEqual(first.anomalies.map(({ kind }) => kind).sort(), [
      'excessive-calls',
      'unexpected-tool',
      'unusual-sequence',
    ])
    assert.deepEqual(first.quarantines.map(({ session, state }) => `${session} ${state}`).sort(), [
      'at-once quarantined',
      'often released',
    ])
    const recorded = await lastSequence(bus, streams.control)

    await emptyTables()
    assert.deepEqual(await run(async () => {}), first)
    assert.equal(await lastSequence(bus, streams.control), recorded)
  })

  const transact = (work: (transaction: Transaction<PolicyTables>) => Promise<void>) =>
    database.transaction().execute(work)
  const typed = <Type extends EventType>({ json }: { json: string }) =>
    parseEvent(json) as unknown as EventByType<Type>
  const violate = (session: string, atMs: number) =>
    transact((it) =>
      noteViolation(it, typed<typeof eventTypes.requestBlocked>(refused(session, 'block', atMs))),
    )
  const violations = async () => {
    const { rows } = await sql<{
      session: string
    }>`select session from policy.violations order by time`.execute(database)
    return rows.map(({ session }) => session)
  }

  test('violations are forgotten once no rule looks back to them, some at a time', async () => {
    const nowMs = Date.now()
    await sql`insert into policy.violations select gen_random_uuid(), 'default', 'old', now() - interval '40 days'
      from generate_series(1, 250)`.execute(database)
    const left: number[] = []
    for (let call = 0; call < 4; call++) {
      await violate('new', nowMs - 1_000)
      left.push((await violations()).filter((session) => session === 'old').length)
    }
    assert.deepEqual(left, [150, 50, 0, 0])
    await violate('yesterday', nowMs - dayMs + 60_000)
    await violate('ahead', nowMs + 365 * dayMs)
    assert.deepEqual(await violations(), ['yesterday', 'new', 'new', 'new', 'new', 'ahead'])

    const rule = { id: uuidv7(), violations: 2, within_seconds: 10 * 86_400, for_seconds: 60 }
    await database
      .insertInto('policy.quarantine_rules')
      .values({ ...rule, changed_at: new Date(nowMs - 20 * dayMs) })
      .execute()
    await violate('slow', nowMs - 9 * dayMs)
    await violate('slow', nowMs)
    const { rows } = await sql<{ data: { session: string } }>`select data from policy.outbox`.execute(
      database,
    )
    assert.deepEqual(
      rows.map(({ data }) => data.session).filter((session) => session === 'slow'),
      ['slow'],
    )
  })

  test('sessions of agents that ended are folded into totals, against which the next are held all the same', async () => {
    const nowMs = Date.now()
    const call = async (session: string, tools: string[], atMs: number) => {
      const exchange = uuidv7()
      await database
        .insertInto('policy.agent_exchanges')
        .values({ exchange, tenant: 'default', agent: 'clerk', session })
        .execute()
      const event = typed<typeof eventTypes.responseCompleted>(called(session, exchange, tools, atMs))
      await transact(async (it) => {
        await findAskers(it, [event])
        await noteCalls(it, event)
      })
    }
    const seen = async () => {
      const { rows } = await sql<{
        session: string
      }>`select session from policy.agent_sessions order by session`.execute(database)
      return rows.map(({ session }) => session)
    }
    for (let session = 0; session < 6; session++)
      await call(`old-${session}`, Array(4).fill('search'), nowMs - 60 * dayMs)
    const before = await listAgents(database)
    assert.equal((await seen()).length, 6)

    await call('new', Array(13).fill('search'), nowMs)
    assert.deepEqual(await seen(), ['new'])
    const [clerk] = await listAgents(database)
    assert.deepEqual(
      [clerk!.sessions, clerk!.calls, clerk!.mostCallsInASession],
      [before[0]!.sessions + 1, before[0]!.calls + 13, 13],
    )
    await call('newer', Array(40).fill('search'), nowMs)
    const { rows } = await sql<{ data: { kind: string; session: string; explanation: string } }>`
      select data from policy.outbox order by created_at`.execute(database)
    assert.deepEqual(
      rows.map(({ data }) => `${data.kind} ${data.session}: ${data.explanation}`),
      [
        'excessive-calls new: 13 calls in the session; the most of 6 sessions before were 4',
        'excessive-calls newer: 40 calls in the session; the most of 7 sessions before were 13',
      ],
    )

    await sql`insert into policy.agent_sessions select 'default', 'a' || n, 's', 1, null, false, 0, now() - interval '31 days'
      from generate_series(1, 250) n`.execute(database)
    await call('newest', ['search'], nowMs)
    assert.equal((await seen()).length, 3 + 150)
  })

  test('names the ingresses that cannot use the set in force, until they can or there is another', async (t) => {
    const rejections = followRejections(database, 50)
    t.after(() => rejections.close())
    const put = (values: object) =>
      sql`update policy.activations set ${sql.raw(
        Object.entries(values)
          .map(([name, value]) => `${name} = ${value}`)
          .join(', '),
      )} where source = 'old'`.execute(admin)
    await sql`insert into policy.settings (mode, mode_reason, set_version) values ('enforce', '', 7)`.execute(
      admin,
    )
    await sql`insert into policy.activations (source, set_version, rejected_version, rejected_error, updated_at)
      values ('old', 6, 7, 'policy far: detector: Invalid input', now()), ('new', 7, null, null, now())`.execute(
      admin,
    )
    const note = await until('the ingress to be named', async () => rejections.note())
    assert.equal(
      note,
      'old cannot use policy set 7 and decides by set 6: policy far: detector: Invalid input',
    )
    await put({ set_version: 7 })
    await until('nothing to be named', async () => rejections.note() === undefined || undefined)
  })
})

test('what keys have spent is complete where everything is read from the event store, which has keys and traffic', async (t) => {
  const servers = await startServers()
  t.after(() => servers.stop())
  const audit = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
  t.after(() => audit.destroy())
  const database = openDatabase<PolicyTables>({ url: servers.databaseUrl('airs_policy'), name: 'test' })
  t.after(() => database.destroy())
  const keyIds = Array.from({ length: 400 }, () => uuidv7())
  const keys = keyIds.map((keyId) => {
    const data = { keyId, name: keyId, match: { sha256: sha256Hex(keyId) }, limits: {}, actor: 'test' }
    const [id, time] = [uuidv7(), new Date().toISOString()]
    const attributes = { specversion: '1.0', id, type: eventTypes.keyCreated, source: '/airs/policy', time }
    return JSON.stringify({ ...attributes, datacontenttype: 'application/json', tenant: 'default', data })
  })
  const outcome = called(uuidv7(), uuidv7(), [])
  const { data, ...event } = JSON.parse(outcome.json)
  const cost = { usdMicros: 7, priceDate: '2026-01-01' }
  const charged = JSON.stringify({ ...event, data: { ...data, keyId: keyIds.at(-1), cost } })
  await storeRecorded(
    audit,
    [...keys, charged].map((json) => ({ json })),
  )
  // Of a stream that these were in, and that is no more.
  await sql`insert into policy.positions (projection, stream_sequence, stream_created, floor)
    values ('policy-control', 1, 'before', 1), ('policy-traffic', 1, 'before', 1)`.execute(database)

  const bus = await connectBus({ url: servers.natsUrl, name: 'test' })
  t.after(() => bus.close())
  const projections = createProjections()
  await using control = runProjection({ bus, database, projection: projections.control })
  await using _ = runProjection({
    ...{ bus, database, projection: projections.traffic },
    after: control.caughtUp(),
  })
  await until('the outcome to be applied', async () => {
    const applied = database.selectFrom('policy.applied_events' as never).select('event_id' as never)
    return applied.where('event_id' as never, '=', outcome.id as never).executeTakeFirst()
  })
  const key = database.selectFrom('policy.keys').select('spent_usd_micros').where('id', '=', keyIds.at(-1)!)
  assert.deepEqual(await key.execute(), [{ spent_usd_micros: 7 }])
})
