import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { eventTypes, uuidv7 } from '@airs-cp/events'
import { proofName, readStatement, verifyExport } from '@airs-cp/manifest'
import { openDatabase } from '@airs-cp/postgres'
import { parseVerifierKey } from '@airs-cp/transparency-log'
import { sql } from 'kysely'
import { openLogFiles } from '../../services/audit/log/log-files.ts'
import { runLog, type TransparencyLog } from '../../services/audit/log/run-log.ts'
import { makeStatement } from '../../services/audit/log/statement.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import type { TimeRange } from '../../services/export/selection/date-range.ts'
import type { ExportTables } from '../../services/export/tables.ts'
import { awaitLog } from '../../services/export/writing/await-log.ts'
import { writeExport } from '../../services/export/writing/write-export.ts'
import { storeRecorded } from '../support/event-store.ts'
import { everyEvent, madeByTest } from '../support/export-request.ts'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { createTrafficSource } from '../support/traffic.ts'

describe('a superuser of Postgres who', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<AuditTables>>
  let reader: ReturnType<typeof openDatabase<ExportTables>>
  let admin: ReturnType<typeof openDatabase<AuditTables>>
  let log: TransparencyLog
  const directory = makeTemporaryDirectory()
  const exchanges: string[] = []

  before(async () => {
    servers = await startServers()
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    reader = openDatabase<ExportTables>({ url: servers.databaseUrl('airs_export'), name: 'test' })
    admin = openDatabase<AuditTables>({ url: servers.adminUrl, name: 'test' })
    const source = createTrafficSource()
    const events = Array.from({ length: 20 }, (_, at) => {
      const id = uuidv7()
      exchanges.push(id)
      return [source.request(id, `s${at % 4}`), source.completed(id, `s${at % 4}`)]
    })
    await storeRecorded(database, events.flat())
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
    for (const one of [database, reader, admin]) await one?.destroy()
    await servers?.stop()
    directory.remove()
  })

  const keys = () => log.status().keys.map(parseVerifierKey)
  const statement = async () => readStatement(await makeStatement({ database, log }, {}), keys()).statement
  async function exportProblems(meanwhile = async () => {}, range: TimeRange = {}): Promise<string[]> {
    const coverage = await awaitLog(reader, { timeoutMs: 0 })
    await meanwhile()
    const file = join(directory.path, 'events.jsonl')
    const manifest = await writeExport({
      databaseUrl: servers.databaseUrl('airs_export'),
      request: { ...everyEvent, range },
      file,
      made: madeByTest,
      coverage,
      onProgress() {},
      isStopped: async () => false,
    })
    const proof = { file: createReadStream(proofName(file)), keys: keys() }
    return (await verifyExport(manifest, createReadStream(file), proof)).problems
  }
  /** Takes rows out of the store, looks, and puts them back. */
  async function without(condition: ReturnType<typeof sql>, look: () => Promise<void>): Promise<void> {
    await sql`create table kept as select * from audit.events where ${condition}`.execute(admin)
    await sql`delete from audit.events where ${condition}`.execute(admin)
    await look()
    await sql`alter table audit.events disable trigger queue_for_log`.execute(admin)
    await sql`insert into audit.events overriding system value select * from kept`.execute(admin)
    await sql`alter table audit.events enable trigger queue_for_log`.execute(admin)
    await sql`drop table kept`.execute(admin)
  }

  test('changes nothing has nothing to fear', async () => {
    assert.deepEqual(await exportProblems(), [])
    const { complete, exceptions, requests, outcomes, journals } = await statement()
    assert.deepEqual(
      { complete, exceptions, requests, outcomes },
      { complete: true, exceptions: [], requests: 20, outcomes: 20 },
    )
    assert.deepEqual(
      journals.map(({ events, missing }) => ({ events, missing })),
      [{ events: 40, missing: 0 }],
    )
  })

  test('deletes an outcome', async () => {
    const [exchange] = exchanges
    await without(sql`exchange = ${exchange} and type = ${eventTypes.responseCompleted}`, async () => {
      assert.match(
        (await exportProblems()).join('\n'),
        /^Leaf 1 was left out: airs\.response-completed\.v1 of /m,
      )
      assert.deepEqual((await statement()).exceptions, [
        `Request of exchange ${exchange} has no outcome`,
        'Leaf 1 is in the log, and its event is not recorded any more',
        `Journal ${(await statement()).journals[0]!.journal} lacks 2`,
      ])
    })
  })

  test('deletes all of a range, which is not taken for one without events', async () => {
    const { rows } = await sql<{ time: Date }>`select time from audit.events order by time, id`.execute(admin)
    const times = rows.map(({ time }) => time.getTime())
    const last = new Date(times.at(-1)! + 1)
    const between = times.find((time, at) => at > 0 && time > times[at - 1]! + 1)
    for (const range of [
      { until: new Date(times[0]!) },
      { from: last },
      { from: last, until: new Date(times.at(-1)! + 1_000) },
      ...(between === undefined ? [] : [{ from: new Date(between - 1), until: new Date(between) }]),
    ])
      assert.deepEqual(await exportProblems(async () => {}, range), [], JSON.stringify(range))
    const range = { from: new Date(times[1]!), until: last }
    await without(sql`time >= ${range.from.toISOString()}::timestamptz`, async () => {
      assert.match((await exportProblems(async () => {}, range)).join('\n'), /^Leaf \d+ was left out/m)
    })
    assert.deepEqual(await exportProblems(async () => {}, range), [])
  })

  test('deletes a whole session', async () => {
    await without(sql`session = 's2'`, async () => {
      assert.equal(
        (await exportProblems()).filter((problem) => /^Leaf \d+ was left out/.test(problem)).length,
        10,
      )
      const { complete, exceptions } = await statement()
      assert.equal(complete, false)
      assert.equal(exceptions.filter((one) => /^Leaf \d+ is in the log/.test(one)).length, 10)
    })
    assert.deepEqual(await exportProblems(), [])
  })

  test('swaps two events', async () => {
    const swap = () =>
      sql`update audit.events e set event = o.event from audit.events o
        where e.position in (3, 5) and o.position in (3, 5) and o.position <> e.position`.execute(admin)
    await swap()
    assert.match(
      (await exportProblems()).join('\n'),
      /^Row \d+ .*: its bytes are not those that were recorded as leaf/m,
    )
    await swap()
  })

  test('rewrites an event with its leaf, its hash and all', async () => {
    const forge = (from: string, to: string) =>
      sql`update audit.log_leaves set record = replace(record, ${from}, ${to}),
        hash = sha256('\\x00'::bytea || convert_to(replace(record, ${from}, ${to}), 'UTF8')) where leaf_index = 7`.execute(
        admin,
      )
    await forge('"default"', '"another"')
    assert.match((await exportProblems()).join('\n'), /^Root: rows and proof lead to/m)
    await forge('"another"', '"default"')
    assert.deepEqual(await exportProblems(), [])
  })

  test('stores more while an export begins, which the checkpoint of the export commits to', async () => {
    const source = createTrafficSource()
    const more = async () => {
      await storeRecorded(database, [source.request(uuidv7(), 'late')])
      await log.settled()
    }
    assert.deepEqual(await exportProblems(more), [])
  })
})
