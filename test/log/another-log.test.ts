import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { Frontier } from '@airs-cp/transparency-log'
import { sql } from 'kysely'
import { integrateBatch } from '../../services/audit/log/integrate.ts'
import { openLogFiles } from '../../services/audit/log/log-files.ts'
import { runLog, type TransparencyLog } from '../../services/audit/log/run-log.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import type { ExportTables } from '../../services/export/tables.ts'
import { awaitLog } from '../../services/export/writing/await-log.ts'
import { writeExport } from '../../services/export/writing/write-export.ts'
import { storeRecorded } from '../support/event-store.ts'
import { everyEvent, madeByTest } from '../support/export-request.ts'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { createTrafficSource } from '../support/traffic.ts'

/** Another log begins, and its first checkpoint is not published yet. */
describe('an export while another log begins', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<AuditTables>>
  let reader: ReturnType<typeof openDatabase<ExportTables>>
  let log: TransparencyLog
  let stored = 0
  const directory = makeTemporaryDirectory()
  const source = createTrafficSource()

  const store = async (exchanges: number) => {
    const events = Array.from({ length: exchanges }, () => uuidv7()).flatMap((id) => [
      source.request(id, 's'),
      source.completed(id, 's'),
    ])
    await storeRecorded(database, events)
    stored += events.length
  }
  const rowsOf = async (coverage: Awaited<ReturnType<typeof awaitLog>>) => {
    const { rows } = await writeExport({
      databaseUrl: servers.databaseUrl('airs_export'),
      request: everyEvent,
      file: join(directory.path, 'events.jsonl'),
      made: madeByTest,
      coverage,
      onProgress() {},
      isStopped: async () => false,
    })
    return rows
  }

  before(async () => {
    servers = await startServers()
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    reader = openDatabase<ExportTables>({ url: servers.databaseUrl('airs_export'), name: 'test' })
    await store(20)
    log = runLog({
      database: database as never,
      files: openLogFiles(join(directory.path, 'log')),
      everyMs: 3_600_000,
      onProblem() {},
    })
    await log.settled()
  })
  after(async () => {
    await log?.close()
    for (const one of [database, reader]) await one?.destroy()
    await servers?.stop()
    directory.remove()
  })

  test('has what the log before proves, or all of it where nobody said that this is all', async () => {
    const before = await awaitLog(reader, { timeoutMs: 0 })
    assert.equal(before.isCovered, true)
    const proven = stored
    await store(1)
    await database.transaction().execute(async (transaction) => {
      await sql`insert into audit.logs (generation, origin) values (2, 'another')`.execute(transaction)
      await sql`delete from audit.log_pending`.execute(transaction)
      await sql`insert into audit.log_pending select position from audit.events`.execute(transaction)
    })
    const frontier = new Frontier()
    for (const leaves of [0, 17, 100]) {
      if (leaves > 0)
        await database
          .transaction()
          .execute((transaction) => integrateBatch(transaction as never, 2, frontier, leaves))
      assert.equal(await rowsOf(before), proven, `with ${frontier.size} leaves`)
      const now = await awaitLog(reader, { timeoutMs: 0 })
      assert.equal(now.isCovered, false, `with ${frontier.size} leaves`)
      assert.equal(await rowsOf(now), stored, `with ${frontier.size} leaves`)
    }
    assert.equal(frontier.size, stored)
  })
})
