import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectBus, runProjection } from '@airs-cp/bus'
import { sha256Hex, uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { erasePage, NotInLogError } from '../../services/audit/erasure/erase-content.ts'
import { findErasure } from '../../services/audit/erasure/erasures.ts'
import { rememberErasures } from '../../services/audit/erasure/remembered-erasures.ts'
import { retainContent } from '../../services/audit/erasure/retain-content.ts'
import { runErasures } from '../../services/audit/erasure/run-erasures.ts'
import { controlAudit } from '../../services/audit/projection.ts'
import { dropPage } from '../../services/audit/retention/carry-out-drop.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { until } from '../support/control.ts'
import { beginLog, storeRecorded, storeWithin } from '../support/event-store.ts'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { createTrafficSource } from '../support/traffic.ts'

describe('content that is read, or comes, while its exchange is erased', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<AuditTables>>
  let log: Awaited<ReturnType<typeof beginLog>>
  before(async () => {
    servers = await startServers()
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    log = await beginLog(database)
  })
  after(async () => {
    await database?.destroy()
    await servers?.stop()
  })

  /** A request that is stored and chosen, and its outcome, which is not stored yet. */
  async function chosen() {
    const source = createTrafficSource()
    const request = source.request()
    const { exchange } = request
    const erasure = uuidv7()
    await storeRecorded(database, [request])
    await log.integrate()
    const now = new Date().toISOString()
    await database
      .insertInto('audit.erasures')
      .values({
        ...{ id: erasure, event_id: uuidv7(), selection: JSON.stringify({ exchange }), state: 'erasing' },
        ...{ before: now, reason: 'test', actor: 'test', requested_at: now },
        ...{ selected_at: null, completed_at: null, first_time: null, last_time: null },
      })
      .execute()
    await database
      .insertInto('audit.erased_exchanges')
      .values({ exchange, erasure, erased_at: null })
      .execute()
    return { exchange, erasure, outcome: source.completed(exchange, request.session) }
  }

  async function whileErasing<Result>(work: () => Promise<Result>): Promise<Result> {
    const folder = makeTemporaryDirectory()
    const bus = await connectBus({ url: servers.natsUrl, name: 'test' })
    const own = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    const erasing = runErasures({
      ...{ bus, database: own, intoLog: async () => {}, purged() {}, everyMs: 20 },
      ...{ remembered: rememberErasures(join(folder.path, 'erasures.jsonl')) },
      ...{ onProblem() {}, onRecovery() {} },
    })
    try {
      return await work()
    } finally {
      await erasing.close()
      await own.destroy()
      await bus.close()
      folder.remove()
    }
  }

  async function contentLeft(exchange: string) {
    const { rows } = await sql<{ isErased: boolean; withContent: number }>`
      select erased_at is not null as "isErased", (select count(*)::int from audit.events e
        where e.exchange = x.exchange and left(event, 8) <> '{"facts"') as "withContent"
      from audit.erased_exchanges x where exchange = ${exchange}`.execute(database)
    return rows[0]!
  }

  async function stateOf(erasure: string) {
    const found = database.selectFrom('audit.erasures').select('state').where('id', '=', erasure)
    return (await found.executeTakeFirstOrThrow()).state
  }

  test('is in no copy that is not known to have it, however long erasing takes', async () => {
    const { erasure } = await chosen()
    let erasing: Promise<Date> | undefined
    const readAt = await database.transaction().execute(async (transaction) => {
      // Erasing has begun, and cannot end before this does.
      await sql`select from audit.journals for update`.execute(transaction)
      erasing = whileErasing(() =>
        until('the erasure', async () => {
          const { rows } = await sql<{ at: Date }>`
            select erased_at as at from audit.completed_erasures where id = ${erasure}`.execute(database)
          return rows[0]?.at
        }),
      )
      const waits = sql`select from pg_locks where not granted`
      await until('erasing', async () => (await waits.execute(database)).rows.length > 0 || undefined)
      await sleep(10)
      const { rows } = await sql<{ now: Date }>`select now() as now`.execute(database)
      return rows[0]!.now
    })
    const erasedAt = (await erasing)!
    assert.ok(erasedAt >= readAt, `erased at ${erasedAt.toISOString()}, read at ${readAt.toISOString()}`)
  })

  test('is found where somebody else records it meanwhile', async () => {
    const text = 'said by both '.repeat(1_000)
    const piece = { sha256: sha256Hex(text), bytes: text.length }
    const body = { mediaType: 'text/plain', ...piece, parts: [piece] }
    const saying = () => {
      const source = createTrafficSource()
      const request = source.request(undefined, undefined, '', { body })
      return [source.content(request.exchange, request.session, { ...piece, text }), request] as const
    }
    const own = saying()
    await storeRecorded(database, own)
    await log.integrate()
    const { exchange, erasure } = await chosen()
    await sql`update audit.erased_exchanges set exchange = ${own[0].exchange} where exchange = ${exchange}`.execute(
      database,
    )
    await sleep(2)
    const other = saying()
    await whileErasing(async () => {
      await database.transaction().execute(async (transaction) => {
        await storeWithin(transaction, other)
        await until('the page to be erased', async () => {
          const rows = database.selectFrom('audit.erased_exchanges').select('erased_at')
          return (await rows.where('erasure', '=', erasure).executeTakeFirst())?.erased_at ?? undefined
        })
      })
      await until('the erasure to go on', async () => {
        const rows = database.selectFrom('audit.erasures').select('id').where('id', '=', erasure)
        return rows.where('state', 'in', ['purging', 'completed']).executeTakeFirst()
      })
    })
    const found = database.selectFrom('audit.contents').select('event_id').where('sha256', '=', piece.sha256)
    assert.deepEqual(await found.execute(), [{ event_id: other[0].id }])
  })

  test('is erased with it, where it was there first', async () => {
    const { exchange, erasure, outcome } = await chosen()
    let erasing: Promise<unknown> | undefined
    await database.transaction().execute(async (transaction) => {
      await storeWithin(transaction, [outcome])
      erasing = erasePage(database, erasure).catch((error) => error)
      await sleep(300)
    })
    assert.ok((await erasing) instanceof NotInLogError)
    await log.integrate()
    await erasePage(database, erasure)
    assert.deepEqual(await contentLeft(exchange), { isErased: true, withContent: 0 })
  })

  test('is erased by and by, where erasing was there first', async () => {
    const { exchange, erasure, outcome } = await chosen()
    let storing: Promise<void> | undefined
    await database.transaction().execute(async (transaction) => {
      const rows = transaction.selectFrom('audit.erased_exchanges').where('exchange', '=', exchange)
      await rows.select('exchange').forUpdate().execute()
      storing = storeRecorded(database, [outcome])
      await sleep(300)
      await transaction
        .updateTable('audit.erased_exchanges')
        .set({ erased_at: new Date() })
        .where('exchange', '=', exchange)
        .execute()
    })
    await storing
    assert.equal((await contentLeft(exchange)).isErased, false)
    assert.equal(await stateOf(erasure), 'selecting')
  })

  test('is chosen by what it says itself, where its request never came', async () => {
    const { erasure } = await chosen()
    const { exchange, outcome } = await chosen()
    await database.deleteFrom('audit.erased_exchanges').where('exchange', '=', exchange).execute()
    await sql`update audit.erasures set state = 'completed'`.execute(database)
    const early = uuidv7()
    const time = new Date(Date.now() - 60_000).toISOString()
    const event = { ...JSON.parse(outcome.json), exchange: early, subject: early, time }
    await storeRecorded(database, [{ json: JSON.stringify(event) }])
    assert.equal(await stateOf(erasure), 'selecting')
  })

  test('is counted by its erasure when its exchange is dropped, too', async () => {
    const { exchange, erasure } = await chosen()
    await erasePage(database, erasure)
    const counts = async () => {
      const { exchanges, erased } = (await findErasure(database, erasure))!
      return { exchanges, erased }
    }
    assert.deepEqual(await counts(), { exchanges: 1, erased: 1 })
    const drop = { id: uuidv7(), event: uuidv7() }
    const administrator = openDatabase<unknown>({ url: servers.adminUrl, name: 'test', max: 1 })
    await sql`update audit.events set recorded_at = now() - interval '10 days' where exchange = ${exchange}`.execute(
      administrator,
    )
    await sql`insert into audit.retention_rules (event_id, metadata_days, reason, actor, set_at)
      values (${uuidv7()}, 8, 'test', 'test', now())`.execute(administrator)
    await sql`insert into audit.events (id, type, tenant, time, event)
      values (${drop.event}, 'airs.drop-sealed.v1', 'default', now(), 'of a drop')`.execute(administrator)
    const { rows } = await sql<{ number: number }>`insert into audit.drops
      (id, event_id, day, recorded_until, after_position, until_position, generation, state, progress)
      select ${drop.id}, ${drop.event}, now(), now() - interval '9 days', 0, max(position), 1, 'announced', 0
      from audit.events returning number::int`.execute(administrator)
    await administrator.destroy()
    await log.integrate()
    while ((await dropPage(database, rows[0]!.number)) > 0);
    const left = database.selectFrom('audit.erased_exchanges').where('exchange', '=', exchange).selectAll()
    assert.deepEqual(await left.execute(), [])
    assert.deepEqual(await counts(), { exchanges: 1, erased: 1 })
  })

  test('goes when it is past its time, whoever has erased something under the name of retention', async () => {
    const { exchange } = await chosen()
    const bus = await connectBus({ url: servers.natsUrl, name: 'test' })
    const asked = async () => {
      const rows = await database
        .selectFrom('audit.erasures')
        .select('id')
        .where('reason', 'like', 'Content is kept%')
        .execute()
      return rows.length > 0 || undefined
    }
    await sql`insert into audit.erasures (id, event_id, selection, before, reason, actor, requested_at, state)
      values (${uuidv7()}, ${uuidv7()}, ${JSON.stringify({ exchange })}, now(), 'test', 'retention', now(), 'completed')`.execute(
      database,
    )
    const ids = await database.selectFrom('audit.exchanges').select('exchange').limit(1).execute()
    assert.equal(ids.length, 1)
    const recording = runProjection({ bus, database, projection: controlAudit })
    const retaining = retainContent({
      ...{ bus, database, onProblem() {}, onRecovery() {} },
      contentDays: async () => -1,
    })
    try {
      await until('what retention asks for', asked)
    } finally {
      await retaining.close()
      await recording.close()
      await bus.close()
    }
  })
})
