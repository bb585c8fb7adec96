import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AnyEvent, eventTypes, parseEvent, uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import fc from 'fast-check'
import { holdOffOthers } from '../../services/lineage/graph/erase-graphs.ts'
import { storeTraffic } from '../../services/lineage/projection.ts'
import type { LineageTables } from '../../services/lineage/tables.ts'
import { startServers } from '../support/servers.ts'
import { createTrafficSource } from '../support/traffic.ts'

describe('lineage', () => {
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

  test('is the same in whatever order, batches and repetitions events come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), async (random) => {
        const source = createTrafficSource()
        const session = uuidv7()
        const events: AnyEvent[] = []
        const exchanges = Array.from({ length: 5 }, () => uuidv7())
        for (const exchange of exchanges)
          events.push(
            parseEvent(source.request(exchange, session).json),
            parseEvent(source.completed(exchange, session).json),
          )
        const next = () => random.next().value as number
        const deliveries = [...events, ...events].sort(() => next() - 0.5)
        while (deliveries.length > 0) await apply(deliveries.splice(0, 1 + Math.floor(next() * 6)))
        const rows = await database
          .selectFrom('lineage.exchanges')
          .selectAll()
          .where('session', '=', session)
          .orderBy('requested_at')
          .orderBy('exchange')
          .execute()
        assert.deepEqual(
          rows.map(({ exchange, state, model, status }) => [exchange, state, model, status]),
          exchanges.map((exchange) => [exchange, 'completed', 'm', 200]),
        )
      }),
      { numRuns: 25 },
    )
  })

  test('callers that give their sessions the same name never share one', async () => {
    const callers = [undefined, 'key:k1', 'credential:c1'] as const
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(0, 1, 2), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        async (asked, batch) => {
          const source = createTrafficSource()
          const name = uuidv7()
          const owned = asked.map((index) => ({ caller: callers[index], exchange: uuidv7() }))
          const events = owned.flatMap(({ caller, exchange }) =>
            [source.request(exchange, name), source.completed(exchange, name)].map(
              ({ json }): AnyEvent => ({ ...parseEvent(json), ...(caller !== undefined && { caller }) }),
            ),
          )
          const pages = Array.from({ length: Math.ceil(events.length / batch) }, (_, index) =>
            events.slice(index * batch, (index + 1) * batch),
          )
          for (const page of [...pages, ...pages]) await apply(page)
          const rows = await database
            .selectFrom('lineage.exchanges as e')
            .innerJoin('lineage.sessions as s', 's.session', 'e.session')
            .select(['e.exchange', 's.caller'])
            .where('s.name', '=', name)
            .execute()
          assert.deepEqual(
            new Map(rows.map(({ exchange, caller }) => [exchange, caller])),
            new Map(owned.map(({ exchange, caller = '' }) => [exchange, caller])),
          )
          const sessions = await database
            .selectFrom('lineage.sessions')
            .select('session')
            .where('name', '=', name)
            .execute()
          assert.equal(sessions.length, new Set(asked).size)
          assert.ok(sessions.some(({ session }) => session === name))
        },
      ),
      { numRuns: 25 },
    )
  })

  test('a session that goes on while it is dropped keeps its caller', async () => {
    const source = createTrafficSource()
    const name = uuidv7()
    const eventOf = (): AnyEvent => ({ ...parseEvent(source.request(uuidv7(), name).json), caller: 'key:k1' })
    await apply([eventOf()])
    let applied: Promise<void> | undefined
    await database.transaction().execute(async (tx) => {
      await holdOffOthers(tx)
      await tx.deleteFrom('lineage.sessions').where('session', '=', name).execute()
      applied = apply([eventOf()])
      await sleep(300)
    })
    await applied
    const session = database.selectFrom('lineage.sessions').select('caller').where('session', '=', name)
    assert.deepEqual(await session.execute(), [{ caller: 'key:k1' }])
  })

  test('a real outcome replaces an abandonment, never the reverse', async () => {
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 2, 0],
      [2, 1, 0],
    ]) {
      const source = createTrafficSource()
      const [exchange, session] = [uuidv7(), uuidv7()]
      const request = parseEvent(source.request(exchange, session).json)
      const completed = parseEvent(source.completed(exchange, session).json)
      const abandoned = {
        ...completed,
        id: uuidv7(),
        type: eventTypes.exchangeAbandoned,
        data: { requestEvent: request.id, requestTime: request.time, reason: 'grace' },
      } as AnyEvent
      const events = [request, abandoned, completed]
      for (const index of order) await apply([events[index]!])
      const row = await database
        .selectFrom('lineage.exchanges')
        .select(['state', 'outcome_event'])
        .where('exchange', '=', exchange)
        .executeTakeFirstOrThrow()
      assert.deepEqual([row.state, row.outcome_event], ['completed', completed.id])
    }
  })
})
