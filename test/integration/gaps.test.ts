import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bus, connectBus, runProjection } from '@airs-cp/bus'
import { eventTypes, streams } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { startHousekeeping } from '../../services/audit/keep-house.ts'
import { controlAudit } from '../../services/audit/projection.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { until } from '../support/control.ts'
import { storeRecorded } from '../support/event-store.ts'
import { startServers } from '../support/servers.ts'
import { createTrafficSource, type TestEvent } from '../support/traffic.ts'

const intervalMs = 20
/** Long enough for many looks. */
const aWhileMs = 1_000

describe('a gap of a journal', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<AuditTables>>
  let bus: Bus
  before(async () => {
    servers = await startServers()
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    bus = await connectBus({ url: servers.natsUrl, name: 'test' })
  })
  after(async () => {
    await bus?.close()
    await database?.destroy()
    await servers?.stop()
  })

  const keepHouse = (onProblem = () => {}) =>
    startHousekeeping({
      ...{ bus, database, gapGraceMs: 0, abandonAfterMs: 3_600_000, intervalMs },
      onProblem,
    })
  const record = () => runProjection({ bus, database, projection: controlAudit })
  const store = (...events: TestEvent[]) => storeRecorded(database, events)
  /** As recorded, in their order. */
  async function gaps(type: string, journal: string): Promise<[from: number, to: number][]> {
    const { rows } = await sql<{ event: string }>`
      select event from audit.events where type = ${type} order by position`.execute(database)
    return rows
      .map(({ event }) => JSON.parse(event).data)
      .filter((gap) => gap.journal === journal)
      .map(({ from, to }) => [from, to])
  }
  const found = (journal: string) => gaps(eventTypes.journalGapFound, journal)
  const closed = (journal: string) => gaps(eventTypes.journalGapClosed, journal)

  test('is recorded once, closes once, and is none more while its events come one by one', async () => {
    const { journal, ...source } = createTrafficSource()
    const request = () => source.request()
    const [first, second, third, fourth, last] = [request(), request(), request(), request(), request()]
    await using recording = record()
    await using _ = keepHouse()
    await store(first, last)
    await until('the gap', async () => (await found(journal))[0])
    await store(third)
    await sleep(aWhileMs)
    await recording.caughtUp()
    assert.deepEqual(await found(journal), [[2, 4]])
    await store(second, fourth)
    await until('its end', async () => (await closed(journal))[0])
    assert.deepEqual([await found(journal), await closed(journal)], [[[2, 4]], [[2, 4]]])
  })

  test('has nothing of what retention has dropped', async () => {
    const { journal, ...source } = createTrafficSource()
    const events = Array.from({ length: 6 }, () => source.request())
    await using recording = record()
    await using _ = keepHouse()
    await store(...events.filter((_, at) => at !== 1))
    await until('the gap', async () => (await found(journal))[0])
    const json = JSON.stringify({ journals: [{ journal, first: 1, last: 5, events: 4 }] })
    const administrator = openDatabase<unknown>({ url: servers.adminUrl, name: 'test', max: 1 })
    await administrator.transaction().execute(async (transaction) => {
      await sql`insert into audit.drops (id, event_id, day, recorded_until, after_position, until_position, generation,
          record, state, progress)
        values (gen_random_uuid(), gen_random_uuid(), now(), now(), 0, 0, 1, ${`x\n\n${json}`}, 'dropped', 0)`.execute(
        transaction,
      )
      await sql`delete from audit.events where journal = ${journal} and sequence <= 5`.execute(transaction)
    })
    await administrator.destroy()
    await sleep(aWhileMs)
    await recording.caughtUp()
    assert.deepEqual([await found(journal), await closed(journal)], [[[2, 2]], []])
  })

  test('is recorded to have closed, where that could not be recorded at once', async () => {
    const { journal, ...source } = createTrafficSource()
    const events = Array.from({ length: 3 }, () => source.request())
    const stream = async (action: string, body: object = {}) =>
      (await bus.request(`$JS.API.STREAM.${action}.${streams.control.name}`, JSON.stringify(body))).json<{
        config: object
      }>()
    await using _ = record()
    let problems = 0
    await using __ = keepHouse(() => {
      problems++
    })
    await store(events[0]!, events[2]!)
    await until('the gap', async () => (await found(journal))[0])
    const { config } = await stream('INFO')
    await stream('UPDATE', { ...config, max_msg_size: 1 })
    problems = 0
    await store(events[1]!)
    await until('that it cannot be recorded', async () => problems > 0 || undefined)
    await stream('UPDATE', config)
    await until('its end', async () => (await closed(journal))[0])
  })
})
