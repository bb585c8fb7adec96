import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import {
  addFloors,
  type Bus,
  connectBus,
  createProjectionTables,
  type Delivery,
  ensureTopology,
  type Projection,
  publishEvent,
  runProjection,
} from '@airs-cp/bus'
import { eventTypes, streams, trafficSubject, uuidv7 } from '@airs-cp/events'
import { type Database, ensureRole, openDatabase } from '@airs-cp/postgres'
import { jetstreamManager } from '@nats-io/jetstream'
import { sql } from 'kysely'
import { until } from '../support/control.ts'
import { startNats, type TestNats } from '../support/start-nats.ts'
import { startPostgres, type TestPostgres } from '../support/start-postgres.ts'

const ackWaitMs = 1_000

describe('a projection', () => {
  let nats: TestNats
  let postgres: TestPostgres
  let database: Database<unknown>
  let bus: Bus
  let name: string

  before(async () => {
    ;[nats, postgres] = await Promise.all([startNats(), startPostgres()])
    database = openDatabase<unknown>({ url: postgres.url, name: 'test' })
    await ensureRole(database, 'airs_test', 'test')
    await sql`create schema test`.execute(database)
    await createProjectionTables(database, 'test', 'airs_test')
    await addFloors(database, 'test')
    bus = await connectBus({ url: nats.url, name: 'test' })
    await ensureTopology(bus)
  })
  after(async () => {
    await bus?.close()
    await database?.destroy()
    await postgres?.stop()
    await nats?.stop()
  })
  beforeEach(() => {
    name = `test-${uuidv7()}`
  })

  const projectionOf = (applyBatch: (deliveries: Delivery[]) => Promise<void>): Projection<unknown> => ({
    name,
    stream: streams.traffic,
    schema: 'test',
    applyBatch: (_transaction, deliveries) => applyBatch(deliveries),
  })

  async function publishSome(count: number): Promise<Set<string>> {
    const ids = new Set<string>()
    for (let sequence = 0; sequence < count; sequence++) ids.add(await publishContent(bus))
    return ids
  }

  test('applies in seconds what another process took and did not live to apply', async () => {
    const ids = await publishSome(3)
    const dying = await connectBus({ url: nats.url, name: 'dying' })
    let taken = 0
    const hung = runProjection({
      bus: dying,
      database,
      ackWaitMs,
      projection: projectionOf(async (deliveries) => {
        taken += deliveries.filter(({ event }) => ids.has(event.id)).length
        await setTimeout(3_000)
        throw new Error('died')
      }),
    })
    await until('the events are taken', async () => taken > 0 || undefined)
    await dying.close()

    const applied = new Set<string>()
    const running = runProjection({
      bus,
      database,
      ackWaitMs,
      projection: projectionOf(async (deliveries) => {
        for (const { event } of deliveries) applied.add(event.id)
      }),
    })
    try {
      await until(
        'they are applied',
        async () => [...ids].every((id) => applied.has(id)) || undefined,
        20_000,
      )
    } finally {
      await running.close()
      await hung.close()
    }
  })

  test('has nothing pending when nothing comes any more, whatever the last message said', async () => {
    const gate = Promise.withResolvers<void>()
    await using running = runProjection({ bus, database, projection: projectionOf(() => gate.promise) })
    await Promise.all(Array.from({ length: 55 }, () => publishSome(20)))
    const manager = await jetstreamManager(bus)
    const { name: stream } = streams.traffic
    const { delivered } = await until('it takes no more', async () => {
      const consumer = await manager.consumers.info(stream, name)
      return consumer.num_ack_pending === 1_000 ? consumer : undefined
    })
    const { last_seq: last } = (await manager.streams.info(stream)).state
    assert.ok(last > delivered.stream_seq)
    for (let sequence = delivered.stream_seq + 1; sequence <= last; sequence++)
      await manager.streams.deleteMessage(stream, sequence)
    gate.resolve()
    await running.caughtUp()
    await until('nothing is pending', async () => running.stats().pending === 0 || undefined)
  })

  test('goes on with what came while its process did not run', async () => {
    const problems: string[] = []
    const applied: string[] = []
    await using running = runProjection({
      bus,
      database,
      projection: projectionOf(
        async (deliveries) => void applied.push(...deliveries.map(({ event }) => event.id)),
      ),
      onProblem: (problem) => problems.push(problem),
    })
    await publishSome(1)
    await until('it takes events', async () => applied.length > 0 || undefined)
    // From here timers come before what the connection has received.
    await new Promise(setImmediate)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_000)
    const [late] = await publishSome(1)
    await until('it takes events again', async () => applied.includes(late!) || undefined)
    assert.deepEqual(problems, [])
    assert.equal(running.stats().connected, true)
  })

  test('ends however early it is closed', async () => {
    for (let afterMs = 0; afterMs < 40; afterMs += 2) {
      const running = runProjection({ bus, database, projection: projectionOf(async () => {}) })
      await setTimeout(afterMs)
      await running.close()
    }
  })

  test('applies together what comes within a while, and at once what comes after a pause', async () => {
    const gatherMs = 200
    const batches: { atMs: number }[] = []
    const apply = projectionOf(async () => {
      batches.push({ atMs: performance.now() })
    })
    await using running = runProjection({ bus, database, projection: { ...apply, gatherMs } })
    await running.caughtUp()
    const send = async (count: number, atOnce: number) => {
      const [before, appliedBefore] = [batches.length, running.stats().applied]
      const startedAtMs = performance.now()
      for (let sent = 0; sent < count; sent += atOnce) {
        await Promise.all(Array.from({ length: atOnce }, () => publishContent(bus)))
        await setTimeout(50)
      }
      await until(
        'all are applied',
        async () => running.stats().applied >= appliedBefore + count || undefined,
      )
      return { batches: batches.length - before, elapsedMs: performance.now() - startedAtMs }
    }
    const few = await send(30, 1)
    assert.ok(few.batches <= few.elapsedMs / gatherMs + 2, JSON.stringify(few))
    // Two begin soon after each other, before it is seen that there are many: so many at once on a slow machine, too.
    const many = await send(1_500, 30)
    assert.ok(many.batches <= many.elapsedMs / (5 * gatherMs) + 4, JSON.stringify(many))
    const pauses: number[] = []
    for (let time = 0; time < 10; time++) {
      await setTimeout(gatherMs)
      const before = batches.length
      const publishedAtMs = performance.now()
      await publishContent(bus)
      await until('it is applied', async () => batches.length > before || undefined)
      pauses.push(batches.at(-1)!.atMs - publishedAtMs)
    }
    // The least of several, because a busy machine holds up any of them.
    assert.ok(Math.min(...pauses) < gatherMs / 2, `${pauses.map(Math.round)} ms`)
  })

  test('lags by how long an event waited for it, however old the event is', async () => {
    const waitMs = 1_500
    await publishContent(bus, new Date(Date.now() - 86_400_000))
    await setTimeout(waitMs)
    await using running = runProjection({ bus, database, projection: projectionOf(async () => {}) })
    await running.caughtUp()
    const { lagMs } = running.stats()
    assert.ok(lagMs > waitMs / 2 && lagMs < 3_600_000, `${lagMs} ms`)
  })

  test('takes nothing before what it waits for, and reports when it has all', async () => {
    const { promise: after, resolve } = Promise.withResolvers<void>()
    const applied = new Set<string>()
    const projection = projectionOf(async (deliveries) => {
      for (const { event } of deliveries) applied.add(event.id)
    })
    const running = runProjection({ bus, database, after, projection })
    try {
      const ids = await publishSome(3)
      assert.deepEqual(running.stats(), { ...running.stats(), connected: false, applied: 0 })
      resolve()
      await running.caughtUp()
      assert.ok([...ids].every((id) => applied.has(id)))
    } finally {
      await running.close()
    }
  })

  test('gets nothing twice while Postgres is down for longer than the wait for an acknowledgement', async () => {
    const backAtMs = Date.now() + ackWaitMs * 4
    const applied: string[] = []
    const running = runProjection({
      bus,
      database,
      ackWaitMs,
      batchSize: 5,
      projection: projectionOf(async (deliveries) => {
        if (Date.now() < backAtMs) throw Object.assign(new Error('starting up'), { code: '57P03' })
        for (const { event } of deliveries) applied.push(event.id)
      }),
    })
    try {
      const ids = await publishSome(30)
      const own = () => applied.filter((id) => ids.has(id))
      await until('all are applied', async () => own().length >= ids.size || undefined)
      await setTimeout(ackWaitMs)
      assert.equal(own().length, ids.size)
    } finally {
      await running.close()
    }
  })

  test('applies again what a database lacks that is put back while it runs', async () => {
    await sql`create table if not exists test.put_back (id text primary key)`.execute(database)
    await sql`truncate test.put_back`.execute(database)
    const store: Projection<unknown> = {
      name,
      stream: streams.traffic,
      schema: 'test',
      async applyBatch(transaction, deliveries) {
        for (const { event } of deliveries)
          await sql`insert into test.put_back values (${event.id}) on conflict do nothing`.execute(
            transaction,
          )
      },
    }
    const lacks = async (ids: Iterable<string>) => {
      const { rows } = await sql<{ id: string }>`select id from test.put_back`.execute(database)
      const stored = new Set(rows.map(({ id }) => id))
      return [...ids].filter((id) => !stored.has(id))
    }
    const stored = (ids: Iterable<string>) => async () => (await lacks(ids)).length === 0 || undefined
    const place = async () =>
      (await sql<object>`select * from test.positions where projection = ${name}`.execute(database)).rows[0]!
    await using running = runProjection({ bus, database, projection: store, ackWaitMs })
    const before = await publishSome(3)
    await until('the first events', stored(before))
    await running.caughtUp()
    const standby = await place()
    const missed = await publishSome(3)
    await until('the events that the standby misses', stored(missed))
    await running.caughtUp()

    const promote = () =>
      database.transaction().execute(async (transaction) => {
        for (const id of missed) await sql`delete from test.put_back where id = ${id}`.execute(transaction)
        await sql`delete from test.positions where projection = ${name}`.execute(transaction)
        await sql`insert into test.positions
          select * from json_populate_record(null::test.positions, ${JSON.stringify(standby)})`.execute(
          transaction,
        )
      })
    await promote()
    const later = await publishSome(1)
    await until('all events, with one that comes later', stored([...before, ...missed, ...later]))
    await running.caughtUp()
    await promote()
    await until('all events, where none comes', stored([...before, ...missed, ...later]))
  })
})

async function publishContent(bus: Bus, time = new Date()): Promise<string> {
  const id = uuidv7()
  const event = {
    specversion: '1.0',
    id,
    type: eventTypes.contentRecorded,
    source: '/test',
    time: time.toISOString(),
    datacontenttype: 'application/json',
    tenant: 'default',
    session: 'test',
    data: { sha256: '0'.repeat(64), bytes: 1, text: 'x' },
  }
  await publishEvent(bus, trafficSubject('default', 'test', event.type), id, JSON.stringify(event))
  return id
}
