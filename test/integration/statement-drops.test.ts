import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { findDropped } from '../../services/audit/log/statement.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { storeRecorded } from '../support/event-store.ts'
import { startServers } from '../support/servers.ts'
import { createTrafficSource } from '../support/traffic.ts'

const count = 10
const kept = 3

describe('what a statement says of a drop', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<AuditTables>>
  let administrator: ReturnType<typeof openDatabase<AuditTables>>
  before(async () => {
    servers = await startServers()
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    administrator = openDatabase<AuditTables>({ url: servers.adminUrl, name: 'test', max: 1 })
  })
  after(async () => {
    await database?.destroy()
    await administrator?.destroy()
    await servers?.stop()
  })

  test('is how many events are gone, at every step of it', async () => {
    const source = createTrafficSource()
    await storeRecorded(
      database,
      Array.from({ length: count }, () => source.request()),
    )
    const positions = (
      await database.selectFrom('audit.events').select('position').orderBy('position').execute()
    ).map(({ position }) => position)
    await sql`insert into audit.drops (id, event_id, day, recorded_until, after_position, until_position, generation, state,
        progress, events, note, first_leaf, until_leaf, first_time, last_time)
      values (${uuidv7()}, ${uuidv7()}, now(), now() + interval '1 day', ${positions[0]! - 1}, ${positions.at(-1)}, 1, 'sealed',
        ${positions[0]! - 1}, ${count - kept}, 'signed', 0, ${count}, now(), now())`.execute(database)
    await sql`insert into audit.drop_kept select number, position from audit.drops, audit.events
      where position = any(${positions.slice(-kept)}::bigint[])`.execute(database)
    const found = async () => (await findDropped(database, {})).map(({ events }) => events)
    assert.deepEqual(await found(), [])
    await sql`update audit.drops set state = 'announced'`.execute(database)
    for (const [at, position] of positions.slice(0, -kept).entries()) {
      await sql`delete from audit.events where position = ${position}`.execute(administrator)
      await sql`update audit.drops set progress = ${position}`.execute(database)
      assert.deepEqual(await found(), [at + 1])
    }
    await sql`delete from audit.drop_kept`.execute(database)
    await sql`update audit.drops set state = 'dropped', progress = until_position`.execute(database)
    assert.deepEqual(await found(), [count - kept])
  })
})
