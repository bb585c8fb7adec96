import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { expireDeadLetters } from '@airs-cp/bus'
import { firstIdAt, uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { expireOwnDeadLetters } from '../../services/audit/retention/expire-own-dead-letters.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { startServers } from '../support/servers.ts'

const dayMs = 86_400_000
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs)
/** As an event of then has. */
const idAt = (time: Date) => firstIdAt(time).replace('-0000-0000-', '-7000-8000-')

describe('a dead letter', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let audit: ReturnType<typeof openDatabase<AuditTables>>
  before(async () => {
    servers = await startServers()
    audit = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
  })
  after(async () => {
    await audit?.destroy()
    await servers?.stop()
  })
  beforeEach(async () => {
    const administrator = openDatabase<unknown>({ url: servers.adminUrl, name: 'test', max: 1 })
    await sql`truncate audit.erasures, audit.holds, audit.drops, audit.dead_letters, lineage.dead_letters cascade`.execute(
      administrator,
    )
    await administrator.destroy()
  })

  /** Retention has come to what was requested so many days ago. */
  const erase = (days: number, actor = 'retention') => {
    const id = uuidv7()
    return sql`insert into audit.erasures (id, event_id, selection, before, reason, actor, requested_at, state)
      values (${id}, ${actor === 'retention' ? id : uuidv7()}, '{}', ${daysAgo(days)}, 'test', ${actor}, now(), 'completed')`.execute(
      audit,
    )
  }
  /** So has it to what was recorded so many days ago. */
  const drop = (days: number) =>
    sql`insert into audit.drops (id, event_id, day, recorded_until, after_position, until_position, generation, state, progress)
      values (${uuidv7()}, ${uuidv7()}, now(), ${daysAgo(days)}, 0, 0, 1, 'dropped', 0)`.execute(audit)

  /** Letters of each kind that an hour of so many days ago can have left. */
  async function bury(database: ReturnType<typeof openDatabase>, schema: string, days: number) {
    const at = daysAgo(days)
    const letters = [
      { event_id: idAt(at), subject: 'airs.traffic.default.1.request-received', failed_at: at },
      { event_id: `unreadable ${days}`, subject: 'airs.traffic.default.1.request-received', failed_at: at },
      { event_id: `imported ${days}`, subject: 'airs.imported.default.1.request-received', failed_at: at },
      { event_id: `control ${days}`, subject: 'airs.control.default.policy-applied', failed_at: at },
    ]
    for (const { event_id, subject, failed_at } of letters)
      await sql`insert into ${sql.id(schema, 'dead_letters')} (projection, event_id, subject, payload, error, failed_at)
        values ('test', ${event_id}, ${subject}, '{"said":"secret', 'Error', ${failed_at})`.execute(database)
  }
  async function left(database: ReturnType<typeof openDatabase>, schema: string): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from ${sql.id(schema, 'dead_letters')}`.execute(database)
    return rows[0]!.count
  }

  for (const [schema, role] of ['lineage', 'policy', 'export'].map((name) => [name, `airs_${name}`] as const))
    test(`of traffic goes with retention, readable or not: ${schema}`, async () => {
      await using database = openDatabase({ url: servers.databaseUrl(role), name: 'test' })
      for (const days of [10, 5, 1]) await bury(database, schema, days)
      assert.equal(await expireDeadLetters(database, schema), 0)
      await erase(3, 'somebody')
      assert.equal(await expireDeadLetters(database, schema), 0)
      await drop(7)
      assert.equal(await expireDeadLetters(database, schema), 3)
      await erase(3)
      assert.equal(await expireDeadLetters(database, schema), 3)
      assert.equal(await left(database, schema), 6)
    })

  test('that failed again goes by the time of its event', async () => {
    await using database = openDatabase({ url: servers.databaseUrl('airs_lineage'), name: 'test' })
    await bury(database, 'lineage', 10)
    await sql`update lineage.dead_letters set failed_at = now()`.execute(database)
    await drop(7)
    assert.equal(await expireDeadLetters(database, 'lineage'), 0)
    await erase(7)
    assert.equal(await expireDeadLetters(database, 'lineage'), 1)
  })

  test('of the event store stays while anything is on hold', async () => {
    await bury(audit as never, 'audit', 10)
    await erase(3)
    const id = uuidv7()
    await sql`insert into audit.holds (id, event_id, selection, reason, actor, placed_at)
      values (${id}, ${uuidv7()}, '{"session":"s"}', 'test', 'test', now())`.execute(audit)
    assert.equal(await expireOwnDeadLetters(audit), 0)
    await sql`update audit.holds set released_at = now() where id = ${id}`.execute(audit)
    assert.equal(await expireOwnDeadLetters(audit), 3)
  })
})
