import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { eventTypes, uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { isArchived } from '../../services/audit/retention/is-archived.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { beginLog, storeRecorded } from '../support/event-store.ts'
import { startServers } from '../support/servers.ts'
import { createTrafficSource } from '../support/traffic.ts'

describe('a day of events is archived', () => {
  const source = createTrafficSource()
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<AuditTables>>
  let log: Awaited<ReturnType<typeof beginLog>>
  /** Leaves and positions of a day, the end excluded of leaves and the beginning of positions. */
  let day: { from: number; until: number; positions: { after: number; until: number } }
  before(async () => {
    servers = await startServers()
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    log = await beginLog(database)
  })
  after(async () => {
    await database?.destroy()
    await servers?.stop()
  })
  beforeEach(async () => {
    const [from, after] = [log.frontier.size, await lastPosition()]
    await storeRecorded(
      database,
      Array.from({ length: 5 }, () => source.request()),
    )
    const positions = { after, until: await lastPosition() }
    await log.integrate()
    day = { from, until: log.frontier.size, positions }
  })

  const lastPosition = async () => {
    const last = database.selectFrom('audit.events').select(({ fn }) => fn.max('position').as('last'))
    return (await last.executeTakeFirst())?.last ?? 0
  }
  const archive = (from: number, until: number, generation = 1) =>
    record(eventTypes.dayArchived, { generation, from, until })
  async function record(type: string, data: object): Promise<string> {
    const id = uuidv7()
    await database
      .insertInto('audit.events')
      .values({
        ...{ id, type, tenant: 'default', time: new Date().toISOString() },
        ...{ session: null, exchange: null, journal: null, sequence: null },
        event: JSON.stringify({ data }),
      })
      .execute()
    await log.integrate()
    return id
  }
  const check = () => isArchived(database, { day: '2026-01-01', recordedUntil: new Date(), ...day.positions })

  test('when it is, in one file or in several', async () => {
    assert.equal(await check(), false)
    await archive(day.from, day.from + 2)
    assert.equal(await check(), false)
    await archive(day.from + 2, day.until + 1)
    assert.equal(await check(), true)
  })

  test('as far as it can be, where some of it was dropped before', async () => {
    const days = [{ generation: 1, from: day.from, until: day.until }]
    await record(eventTypes.archiveRequested, { days })
    assert.equal(await check(), false)
    await record(eventTypes.archiveRequested, { days: days.map((one) => ({ ...one, dropped: 2 })) })
    assert.equal(await check(), true)
  })

  test('not when only a later one is', async () => {
    await archive(day.until, day.until + 1)
    assert.equal(await check(), false)
    await archive(day.from + 1, day.until)
    assert.equal(await check(), false)
  })

  test('not when another log has a day with these leaves, whose events were imported', async () => {
    await archive(day.from, day.until, 2)
    assert.equal(await check(), false)
    const event_id = await archive(day.from, day.until)
    await database.insertInto('audit.imported_events').values({ event_id, import_id: uuidv7() }).execute()
    assert.equal(await check(), false)
  })
})
