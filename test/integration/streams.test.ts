import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import {
  type Bus,
  connectBus,
  createPublisher,
  ensureTopology,
  type Projection,
  type RunningProjection,
  runProjection,
  setUpTopology,
  streamFills,
} from '@airs-cp/bus'
import { streams, trafficSubject, uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { trafficAudit } from '../../services/audit/projection.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { lineageProjection } from '../../services/lineage/projection.ts'
import type { LineageTables } from '../../services/lineage/tables.ts'
import { until } from '../support/control.ts'
import { jetStreamApi } from '../support/jetstream-api.ts'
import { startServers } from '../support/servers.ts'
import { startNats } from '../support/start-nats.ts'
import { createTrafficSource, ship, type TestEvent } from '../support/traffic.ts'

const mebibyte = 1024 ** 2
const maxStoreBytes = 40 * mebibyte
const large = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x'.repeat(800_000) }] })

type Info = { config: { max_bytes: number; max_age: number; num_replicas: number }; state: { bytes: number } }

/** The events that JetStream did not take. */
async function publishAll(bus: Bus, events: TestEvent[]): Promise<string[]> {
  const publisher = createPublisher(bus)
  const refused: string[] = []
  for (const { session, type, id, json } of events) {
    await publisher.room()
    publisher.publish(trafficSubject('default', session, type), id, Buffer.from(json), (error) => {
      if (error) refused.push(error.message)
    })
  }
  await publisher.idle()
  publisher.close()
  return refused
}

describe('streams of a server that may store 40 MiB', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let bus: Bus
  let audit: ReturnType<typeof openDatabase<AuditTables>>
  let lineage: ReturnType<typeof openDatabase<LineageTables>>
  const open: RunningProjection[] = []

  before(async () => {
    servers = await startServers({ maxStoreBytes })
    bus = await connectBus({ url: servers.natsUrl, name: 'test' })
    audit = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    lineage = openDatabase<LineageTables>({ url: servers.databaseUrl('airs_lineage'), name: 'test' })
  })
  afterEach(async () => {
    for (const projection of open.splice(0)) await projection.close()
  })
  after(async () => {
    await bus?.close()
    await audit?.destroy()
    await lineage?.destroy()
    await servers?.stop()
  })

  const run = <Tables>(database: ReturnType<typeof openDatabase<Tables>>, projection: Projection<Tables>) => {
    const running = runProjection({ bus, database, projection })
    open.push(running)
    return running
  }
  const stored = async (events: TestEvent[]) => {
    const ids = events.map(({ id }) => id)
    const rows = await audit.selectFrom('audit.events').select('id').where('id', 'in', ids).execute()
    return rows.length
  }
  const inLineage = async (events: TestEvent[]) => {
    const exchanges = events.map(({ exchange }) => exchange)
    const rows = await lineage
      .selectFrom('lineage.exchanges')
      .select('exchange')
      .where('exchange', 'in', exchanges)
      .execute()
    return rows.length
  }
  const everywhere = (events: TestEvent[]) =>
    until(
      'all events in the event store and in lineage',
      async () =>
        ((await stored(events)) === events.length && (await inLineage(events)) === events.length) ||
        undefined,
      120_000,
    )

  test('leave room for each other, and take whatever comes however full they are', async () => {
    const source = createTrafficSource()
    const events = Array.from({ length: 120 }, () => source.request(uuidv7(), uuidv7(), large))
    assert.deepEqual(await publishAll(bus, events), [])
    const fills = await streamFills(bus)
    const promised = fills.reduce((sum, { maxBytes }) => sum + maxBytes!, 0)
    assert.ok(promised > maxStoreBytes / 3 && promised < maxStoreBytes * 0.95, `${promised} bytes`)
    const [traffic] = fills
    assert.ok(traffic!.bytes > traffic!.maxBytes! / 2 && traffic!.bytes <= traffic!.maxBytes!)
  })

  test('discard what lineage has not seen, and lineage reads it from the event store', async () => {
    const source = createTrafficSource()
    const begun = run(lineage, lineageProjection)
    const recorder = run(audit, trafficAudit)
    const first = source.request()
    await ship(bus, first)
    await everywhere([first])
    await begun.close()
    const missed = Array.from({ length: 5 }, () => source.request())
    for (const event of missed) await ship(bus, event)
    await until('they are stored', async () => (await stored(missed)) === missed.length || undefined)
    const filling = Array.from({ length: 60 }, () => source.request(uuidv7(), uuidv7(), large))
    for (let index = 0; index < filling.length; index += 10) {
      const some = filling.slice(index, index + 10)
      assert.deepEqual(await publishAll(bus, some), [])
      await recorder.caughtUp()
    }
    const late = run(lineage, lineageProjection)
    await everywhere([...missed, ...filling])
    assert.ok(late.stats().reread >= missed.length)
  })

  for (const [what, lose] of [
    ['purged', () => jetStreamApi(bus, `STREAM.PURGE.${streams.traffic.name}`)],
    ['deleted', () => jetStreamApi(bus, `STREAM.DELETE.${streams.traffic.name}`)],
  ] as const)
    test(`are ${what}, and nothing is missing anywhere`, async () => {
      const source = createTrafficSource()
      const begun = run(lineage, lineageProjection)
      run(audit, trafficAudit)
      const first = source.request()
      await ship(bus, first)
      await everywhere([first])
      await begun.close()
      const missed = Array.from({ length: 5 }, () => source.request())
      for (const event of missed) await ship(bus, event)
      await until('they are stored', async () => (await stored(missed)) === missed.length || undefined)
      await lose()
      await until('the stream is there', () =>
        jetStreamApi<Partial<Info>>(bus, `STREAM.INFO.${streams.traffic.name}`).then(({ config }) => config),
      )
      run(lineage, lineageProjection)
      const next = source.request()
      await ship(bus, next)
      await everywhere([...missed, next])
    })

  test('are purged while a projection is held up, and it notices though nothing else comes', async () => {
    const source = createTrafficSource()
    const { promise: held, resolve: go } = Promise.withResolvers<void>()
    const taken = Promise.withResolvers<void>()
    const slow: Projection<LineageTables> = {
      ...lineageProjection,
      async applyBatch(transaction, deliveries) {
        taken.resolve()
        await held
        await ('applyBatch' in lineageProjection && lineageProjection.applyBatch(transaction, deliveries))
      },
    }
    run(audit, trafficAudit)
    run(lineage, slow)
    const first = source.request(uuidv7(), uuidv7(), large)
    await ship(bus, first)
    await taken.promise
    // More than may wait for it.
    const missed = Array.from({ length: 24 }, () => source.request(uuidv7(), uuidv7(), large))
    assert.deepEqual(await publishAll(bus, missed), [])
    await until('they are stored', async () => (await stored(missed)) === missed.length || undefined)
    await jetStreamApi(bus, `STREAM.PURGE.${streams.traffic.name}`)
    go()
    await everywhere([first, ...missed])
  })

  test('are taken by bytes: no more than 16 MiB wait for a projection that is slow', async () => {
    const source = createTrafficSource()
    const events = Array.from({ length: 24 }, () => source.request(uuidv7(), uuidv7(), large))
    const seen: number[] = []
    const { promise: waiting, resolve: go } = Promise.withResolvers<void>()
    const slow: Projection<AuditTables> = {
      ...trafficAudit,
      name: 'slow',
      applyBatch: async (_transaction: unknown, deliveries: { json: string }[]) => {
        seen.push(deliveries.reduce((sum, { json }) => sum + json.length, 0))
        await waiting
      },
    }
    assert.deepEqual(await publishAll(bus, events), [])
    run(audit, slow)
    let delivered = 0
    try {
      await until('what is delivered', async () => {
        const info = await jetStreamApi<{ num_ack_pending: number }>(
          bus,
          `CONSUMER.INFO.${streams.traffic.name}.slow`,
        )
        const isMore = info.num_ack_pending > delivered
        delivered = info.num_ack_pending
        return (!isMore && delivered > 10) || undefined
      })
    } finally {
      go()
    }
    assert.ok((delivered - 1) * 800_000 <= 16 * mebibyte, `${delivered} were delivered`)
    await open[0]!.caughtUp()
    assert.ok(
      seen.every((bytes) => bytes <= 8 * mebibyte),
      `batches of ${seen.join(', ')} bytes`,
    )
    await jetStreamApi(bus, `CONSUMER.DELETE.${streams.traffic.name}.slow`)
  })
})

test('a stream without bound that has filled its server takes events again after the set-up', async () => {
  await using nats = await startNats([], { maxStoreBytes })
  const bus = await connectBus({ url: nats.url, name: 'test' })
  const { name, subjects } = streams.traffic
  await jetStreamApi(bus, `STREAM.CREATE.${name}`, { name, subjects, storage: 'file', retention: 'limits' })
  const source = createTrafficSource()
  const events = Array.from({ length: 60 }, () => source.request(uuidv7(), uuidv7(), large))
  assert.ok((await publishAll(bus, events)).length > 0)
  await setUpTopology(bus)
  assert.deepEqual(await publishAll(bus, events), [])
  await bus.close()
})

test('what an operator has set on a stream is kept, unless the set-up names it', async () => {
  await using nats = await startNats()
  const bus = await connectBus({ url: nats.url, name: 'test' })
  await setUpTopology(bus, { trafficBytes: 64 * mebibyte })
  const { name } = streams.traffic
  const info = () => jetStreamApi<Info>(bus, `STREAM.INFO.${name}`)
  assert.equal((await info()).config.max_bytes, 64 * mebibyte)
  const own = { ...(await info()).config, max_bytes: 80 * mebibyte, max_age: 3_600_000_000_000 }
  await jetStreamApi(bus, `STREAM.UPDATE.${name}`, own)
  for (const again of [() => ensureTopology(bus), () => setUpTopology(bus)]) {
    await again()
    const { max_bytes, max_age } = (await info()).config
    assert.deepEqual([max_bytes, max_age], [own.max_bytes, own.max_age])
  }
  await setUpTopology(bus, { trafficBytes: 96 * mebibyte })
  assert.equal((await info()).config.max_bytes, 96 * mebibyte)
  await bus.close()
})

test('nothing is applied again, however often NATS starts again and is set up, and whoever has changed a stream', async (t) => {
  const servers = await startServers()
  t.after(() => servers.stop())
  const database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
  t.after(() => database.destroy())
  const source = createTrafficSource()
  const { name } = streams.traffic
  for (let start = 0; start < 5; start++) {
    const bus = await connectBus({ url: servers.natsUrl, name: 'test' })
    if (start > 0) await setUpTopology(bus)
    if (start === 3) {
      const { config } = await jetStreamApi<Info>(bus, `STREAM.INFO.${name}`)
      await jetStreamApi(bus, `STREAM.UPDATE.${name}`, { ...config, max_age: config.max_age / 2 })
    }
    const problems: string[] = []
    await using running = runProjection({
      bus,
      database,
      projection: trafficAudit,
      onProblem: (problem) => problems.push(problem),
    })
    const event = source.request()
    await ship(bus, event)
    await until('the event', () =>
      database.selectFrom('audit.events').select('id').where('id', '=', event.id).executeTakeFirst(),
    )
    await running.caughtUp()
    assert.deepEqual(
      [running.stats().applied, running.stats().reread, problems],
      [1, 0, []],
      `start ${start}`,
    )
    await running.close()
    await bus.close()
    await servers.nats.process.stop()
    await servers.nats.process.start()
    await servers.nats.ready()
  }
})

test('however often a stream is lost before anything comes to it, nothing is read again that was applied long before', async (t) => {
  const servers = await startServers()
  t.after(() => servers.stop())
  const [audit, lineage, administrator] = [
    openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' }),
    openDatabase<LineageTables>({ url: servers.databaseUrl('airs_lineage'), name: 'test' }),
    openDatabase<unknown>({ url: servers.adminUrl, name: 'test' }),
  ] as const
  for (const database of [audit, lineage, administrator]) t.after(() => database.destroy())
  const bus = await connectBus({ url: servers.natsUrl, name: 'test' })
  t.after(() => bus.close())
  const source = createTrafficSource()
  const start = () => [
    runProjection({ bus, database: audit, projection: trafficAudit }),
    runProjection({ bus, database: lineage, projection: lineageProjection }),
  ]
  const isRead = async () => {
    const { rows } =
      await sql`select 1 from lineage.positions where projection = 'lineage' and reread_after is null
      and stream_created = (select stream_created from audit.positions where projection = 'audit-traffic')`.execute(
        administrator,
      )
    return rows.length > 0 || undefined
  }

  const first = start()
  for (const event of [source.request(), source.request(), source.request()]) await ship(bus, event)
  for (const projection of first) await projection.caughtUp()
  await sql`update audit.events set recorded_at = now() - interval '40 days'`.execute(administrator)
  await ship(bus, source.request())
  for (const projection of first) await projection.caughtUp()
  for (const projection of first) await projection.close()
  for (let loss = 0; loss < 3; loss++) {
    await jetStreamApi(bus, `STREAM.DELETE.${streams.traffic.name}`)
    const again = start()
    const [, reading] = again
    await until(
      'both to be connected',
      async () => again.every((projection) => projection.stats().connected) || undefined,
    )
    await until('what was lost to be read', isRead)
    const { reread } = reading!.stats()
    for (const projection of again) await projection.close()
    assert.equal(reread, 1, `loss ${loss}`)
  }
})
