import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { appendControlEvent, type Bus, connectBus, runProjection } from '@airs-cp/bus'
import { eventTypes, sha256Hex, uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { erasePage } from '../../services/audit/erasure/erase-content.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { remakeErased } from '../../services/export/archive/remake-erased.ts'
import { exportProjection } from '../../services/export/projection.ts'
import type { ExportTables } from '../../services/export/tables.ts'
import { beginLog, storeRecorded } from '../support/event-store.ts'
import { startServers } from '../support/servers.ts'
import { createTrafficSource, type TestEvent } from '../support/traffic.ts'

describe('the file of an archived day', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let bus: Bus
  let audit: ReturnType<typeof openDatabase<AuditTables>>
  let database: ReturnType<typeof openDatabase<ExportTables>>
  let projection: ReturnType<typeof runProjection>
  let log: Awaited<ReturnType<typeof beginLog>>
  let days = 0
  before(async () => {
    servers = await startServers()
    bus = await connectBus({ url: servers.natsUrl, name: 'test' })
    audit = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    database = openDatabase<ExportTables>({ url: servers.databaseUrl('airs_export'), name: 'test' })
    log = await beginLog(audit)
    projection = runProjection({ bus, database, projection: exportProjection })
  })
  after(async () => {
    await projection?.close()
    await database?.destroy()
    await audit?.destroy()
    await bus?.close()
    await servers?.stop()
  })

  /** Stores these events as those of a day of their own, which is archived. @returns the day. */
  async function archived(...events: TestEvent[]): Promise<string> {
    const from = log.frontier.size
    await storeRecorded(audit, events)
    await log.integrate()
    const day = new Date(Date.UTC(2026, 0, ++days)).toISOString().slice(0, 10)
    await sql`insert into export.archived_days
      (day, generation, first_leaf, until_leaf, state, actor, requested_at, as_of, erasures_seen_at)
      values (${day}, 1, ${from}, ${log.frontier.size}, 'archived', 'test', now(), now(), now())`.execute(
      database,
    )
    return day
  }

  /** Erases the content of an exchange. @returns what ends the erasure, when streams are purged. */
  async function erase(exchange: string): Promise<() => Promise<void>> {
    const id = uuidv7()
    await sql`insert into audit.erasures (id, event_id, selection, before, reason, actor, requested_at, state)
      values (${id}, ${uuidv7()}, '{}', now(), 'test', 'test', now(), 'erasing')`.execute(audit)
    await audit
      .insertInto('audit.erased_exchanges')
      .values({ exchange, erasure: id, erased_at: null })
      .execute()
    while ((await erasePage(audit, id)).exchanges > 0);
    await sql`update audit.erasures set state = 'purging', erased_at = now() where id = ${id}`.execute(audit)
    return async () => {
      await sql`update audit.erasures set state = 'completed', completed_at = now() where id = ${id}`.execute(
        audit,
      )
    }
  }

  async function stateAfter(day: string): Promise<string> {
    await remakeErased({ bus, database })
    await projection.caughtUp()
    const found = database.selectFrom('export.archived_days').select('state').where('day', '=', day)
    return (await found.executeTakeFirstOrThrow()).state
  }
  const remade = async (day: string) => (await stateAfter(day)) === 'queued'

  /** Ends the attempt to write a day again, so many minutes ago. */
  async function fail(day: string, minutesAgo: number): Promise<void> {
    const { attempt } = await database
      .selectFrom('export.archived_days')
      .select('attempt')
      .where('day', '=', day)
      .executeTakeFirstOrThrow()
    await appendControlEvent(bus, '/test', eventTypes.archiveFailed, { day, attempt, error: 'No space' })
    await projection.caughtUp()
    await sql`update export.archived_days set ended_at = now() - ${minutesAgo} * interval '1 minute'
      where day = ${day} and state = 'failed'`.execute(database)
  }

  test('is written again, whichever of two erasures is complete first', async () => {
    const source = createTrafficSource()
    const [request, other] = [source.request(), source.request()]
    const day = await archived(request)
    const otherDay = await archived(other)
    const complete = await erase(request.exchange)
    const completeOther = await erase(other.exchange)
    await completeOther()
    assert.equal(await remade(otherDay), true)
    assert.equal(await remade(day), false)
    await complete()
    assert.equal(await remade(day), true)
  })

  test('is written again when a piece that it has goes with an exchange of another day', async () => {
    const source = createTrafficSource()
    const text = 'said by both '.repeat(1_000)
    const piece = { sha256: sha256Hex(text), bytes: text.length }
    const body = { mediaType: 'text/plain', ...piece, parts: [piece] }
    const first = source.request(undefined, undefined, '', { body })
    const second = source.request(undefined, undefined, '', { body })
    const day = await archived(source.content(first.exchange, first.session, { ...piece, text }), first)
    const secondDay = await archived(second)
    await (await erase(first.exchange))()
    assert.equal(await remade(day), true)
    // As it is when that is done.
    await sql`update export.archived_days set state = 'archived', as_of = now(), erasures_seen_at = now()
      where day = ${day}`.execute(database)
    await (await erase(second.exchange))()
    assert.equal(await remade(secondDay), true)
    assert.equal(await remade(day), true)
  })

  test('is written again until that succeeds, or until events of the day are dropped', async () => {
    const request = createTrafficSource().request()
    const day = await archived(request)
    await (await erase(request.exchange))()
    assert.equal(await stateAfter(day), 'queued')
    await fail(day, 1)
    assert.equal(await stateAfter(day), 'failed')
    await fail(day, 60)
    assert.equal(await stateAfter(day), 'queued')
    await fail(day, 60)
    const administrator = openDatabase<unknown>({ url: servers.adminUrl, name: 'test', max: 1 })
    await sql`delete from audit.events where exchange = ${request.exchange}`.execute(administrator)
    await administrator.destroy()
    assert.equal(await stateAfter(day), 'archived')
  })
})
