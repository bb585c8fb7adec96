import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { forgetValues, knownValues } from '../../services/audit/search/index-exchanges.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { storeRecorded } from '../support/event-store.ts'
import { startServers } from '../support/servers.ts'
import { createTrafficSource } from '../support/traffic.ts'

describe('values that exchanges can be searched for', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<AuditTables>>
  before(async () => {
    servers = await startServers()
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
  })
  after(async () => {
    await database?.destroy()
    await servers?.stop()
  })

  const source = createTrafficSource()
  /** @returns the exchange. */
  async function record(...tags: string[]): Promise<string> {
    const request = source.request(undefined, undefined, 'text', { tags })
    await storeRecorded(database, [request])
    return request.exchange
  }
  const forget = () => database.transaction().execute(forgetValues)
  const tags = () => knownValues(database, 'tag')

  test('are listed as long as an exchange has them, and again when another one has', async () => {
    const exchanges = [await record('kept', 'gone'), await record('gone'), await record('gone')]
    await record('kept', 'other')
    await forget()
    assert.deepEqual(await tags(), ['gone', 'kept', 'other'])
    await sql`delete from audit.exchange_labels where exchange = any(${exchanges}::uuid[])`.execute(database)
    await forget()
    assert.deepEqual(await tags(), ['kept', 'other'])
    await record('gone')
    assert.deepEqual(await tags(), ['gone', 'kept', 'other'])
  })
})
