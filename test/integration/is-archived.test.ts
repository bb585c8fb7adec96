import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { eventTypes, parseEvent, uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { Frontier } from '@airs-cp/transparency-log'
import { integrateBatch } from '../../services/audit/log/integrate.ts'
import { isArchived } from '../../services/audit/retention/is-archived.ts'
import { storeEvents } from '../../services/audit/store-events.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { startServers } from '../support/servers.ts'
import { createTrafficSource } from '../support/traffic.ts'

describe('a day of events is archived', () => {
  const frontier = new Frontier(0, [])
  const source = createTrafficSource()
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<AuditTables>>
  /** Leaves and positions of a day, the end excluded of leaves and the beginning of positions. */
  let day: { from: number; until: number; positions: { after: number; until: number } }
  before(async () => {
    servers = await startServers()
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    await database
      .insertInto('audit.logs')
      .values({ generation: 1, origin: 'test', predecessor: null })
      .execute()
  })
  after(async () => {
    await database?.destroy()
    await servers?.stop()
  })
  beforeEach(async () => {
    const [from, after] = [frontier.size, await lastPosition()]
    const events = Array.from({ length: 5 }, () => source.request().json)
    await database.transaction().execute((transaction) =>
      storeEvents(
        transaction,
        events.map((json) => ({ event: parseEvent(json), json })),
      ),
    )
    const positions = { after, until: await lastPosition() }
    await integrate()
    day = { from, until: frontier.size, positions }
  })

  const integrate = () =>
    database.transaction().execute((transaction) => integrateBatch(transaction, 1, frontier))
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
    await integrate()
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
