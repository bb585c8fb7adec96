import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import { type AnyEvent, eventTypes, uuidv7 } from '@airs-cp/events'
import { type Database, openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { maxWaiting, queueAlerts } from '../../services/policy/alerts/queue-alerts.ts'
import type { AlertSettings } from '../../services/policy/alerts/settings.ts'
import { startAlerts } from '../../services/policy/alerts/start-alerts.ts'
import type { PolicyTables } from '../../services/policy/tables.ts'
import { until } from '../support/control.ts'
import { startServers } from '../support/servers.ts'

describe('queues of alerts', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: Database<PolicyTables>
  let settings: AlertSettings
  let asked = 0
  const healthy = createServer((request, response) =>
    request.resume().on('end', () => response.writeHead(204).end()),
  )
  const hanging = createServer(() => {
    asked += 1
  })

  before(async () => {
    servers = await startServers()
    database = openDatabase<PolicyTables>({ url: servers.databaseUrl('airs_policy'), name: 'test' })
    const urls = await Promise.all([healthy, hanging].map(listen))
    const targets = new Map(
      ['healthy', 'hanging'].map((name, at) => [name, { kind: 'webhook', url: urls[at]! }] as const),
    )
    settings = { targets, key: Buffer.from('key'), consoleUrl: undefined, types: new Set() }
  })
  after(async () => {
    for (const server of [healthy, hanging]) {
      server.close()
      server.closeAllConnections()
    }
    await database?.destroy()
    await servers?.stop()
  })
  beforeEach(() => database.deleteFrom('policy.alerts').execute())

  const queue = () => {
    const event = {
      ...{ specversion: '1.0', id: uuidv7(), type: eventTypes.modeChanged, source: '/test' },
      ...{ time: new Date().toISOString(), datacontenttype: 'application/json', tenant: 'default' },
      data: { mode: 'observe', reason: 'test', actor: 'test', revision: 1 },
    }
    return database
      .transaction()
      .execute((transaction) => queueAlerts(settings)(transaction, event as unknown as AnyEvent))
  }
  const statesOf = async (target: string) => {
    const rows = await database
      .selectFrom('policy.alerts')
      .select('state')
      .where('target', '=', target)
      .execute()
    return rows.map(({ state }) => state)
  }

  test('are sent one beside the other, so that an address that hangs holds up no other', async () => {
    for (let one = 0; one < 20; one++) await queue()
    const alerts = startAlerts(database, settings, { onProblem: assert.ifError })
    try {
      await until('the address to hang', async () => asked > 0 || undefined)
      // Each try of the other address ends after 10 s.
      await until(
        'all to arrive',
        async () => (await statesOf('healthy')).every((state) => state === 'delivered') || undefined,
      )
      assert.deepEqual(new Set(await statesOf('hanging')), new Set(['waiting']))
    } finally {
      await alerts.close()
    }
    // The end broke off the tries under way, and the next process makes them.
    const { attempts } = await database
      .selectFrom('policy.alerts')
      .select(({ fn }) => fn.sum('attempts').as('attempts'))
      .where('target', '=', 'hanging')
      .executeTakeFirstOrThrow()
    assert.equal(Number(attempts), 0)
  })

  test('are full one by one', async () => {
    await sql`insert into policy.alerts (event_id, target, type, body)
      select gen_random_uuid(), 'hanging', 'x', '' from generate_series(1, ${maxWaiting})`.execute(database)
    await queue()
    assert.deepEqual(await statesOf('healthy'), ['waiting'])
    const dropped = (await statesOf('hanging')).filter((state) => state === 'dropped')
    assert.equal(dropped.length, 1)
  })
})

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
