import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connectBus, runProjection } from '@airs-cp/bus'
import { eventTypes } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { checkpointBody, parseNote, verifyInclusion } from '@airs-cp/transparency-log'
import { sql } from 'kysely'
import { openLogFiles } from '../../services/audit/log/log-files.ts'
import { findPublished, inclusionProof, rootAt } from '../../services/audit/log/read-tree.ts'
import { runLog } from '../../services/audit/log/run-log.ts'
import { makeStatement } from '../../services/audit/log/statement.ts'
import { trafficAudit } from '../../services/audit/projection.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { createTrafficSource, ship } from '../support/traffic.ts'

/** More of them than one transaction of a drop takes. */
const oldExchanges = 1_010
const newExchanges = 20

describe('retention that is killed with SIGKILL', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<AuditTables>>
  const directory = makeTemporaryDirectory()
  before(async () => {
    servers = await startServers()
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
  })
  after(async () => {
    await database?.destroy()
    await servers?.stop()
    directory.remove()
  })

  const problems: unknown[] = []
  const onProblem = (...problem: unknown[]) => void problems.push(problem)
  const openLog = () =>
    runLog({
      database: database as never,
      files: openLogFiles(directory.path),
      everyMs: 3_600_000,
      onProblem,
    })

  /** Exchanges of one ingress, of which all but the last were stored long ago. */
  async function fill(): Promise<void> {
    const source = createTrafficSource()
    const bus = await connectBus({ url: servers.natsUrl, name: 'test' })
    const traffic = await runProjection({ bus, database, projection: trafficAudit, onProblem })
    const send = async (exchanges: number) => {
      for (let at = 0; at < exchanges; at++) {
        const request = source.request()
        await Promise.all([
          ship(bus, request),
          ship(bus, source.completed(request.exchange, request.session)),
        ])
      }
      await traffic.caughtUp()
    }
    await send(oldExchanges)
    const admin = openDatabase<AuditTables>({ url: servers.adminUrl, name: 'test', max: 1 })
    await sql`update audit.events set recorded_at = now() - interval '300 days'`.execute(admin)
    await admin.destroy()
    await send(newExchanges)
    await traffic.close()
    await bus.drain()
    const log = openLog()
    await log.settled()
    await log.close()
  }

  /** Problems of single starts. */
  const said: string[] = []
  const runUntil = (step: number) =>
    new Promise<'killed' | 'done'>((resolve, reject) => {
      execFile(
        process.execPath,
        [
          join(import.meta.dirname, 'dropping', 'run-until-killed.ts'),
          ...[servers.databaseUrl('airs_audit'), servers.natsUrl, directory.path, String(step)],
        ],
        { timeout: 60_000 },
        (error, out, err) => {
          if (err !== '') said.push(err)
          if (error?.signal === 'SIGKILL') resolve('killed')
          else if (!error && out === 'done\n') resolve('done')
          else reject(new Error(`${error?.message} ${err}`))
        },
      )
    })

  /** How far the drop has come. */
  const place = async () => {
    const drops = await database.selectFrom('audit.drops').select(['number', 'state', 'progress']).execute()
    assert.ok(drops.length <= 1, 'there is one day to drop')
    const [drop] = drops
    return drop
      ? { state: drop.state as string, at: `${drop.state} ${drop.progress}` }
      : { state: 'none', at: '' }
  }

  test('at any of its statements drops each event once, with one record, and every proof holds', async (t) => {
    await fill()
    const before = (await findPublished(database as never))!
    const kills: string[] = []
    let { state, at } = await place()
    let outcome: 'killed' | 'done' = 'killed'
    for (let step = 1; outcome === 'killed'; ) {
      outcome = await runUntil(step)
      if (outcome === 'killed') kills.push(state)
      const now = await place()
      // From a new place on, a start is killed at its first statements again. Before the record is written, and within a page, all are alike.
      step = now.at === at ? step + ({ none: 14, sealed: 3 }[state] ?? 7) : 1
      ;({ state, at } = now)
      assert.ok(kills.length < 60, 'it never ends')
    }
    t.diagnostic(
      `killed ${kills.length} times: ${['none', 'sealed', 'announced'].map((state) => `${kills.filter((one) => one === state).length} ${state}`).join(', ')}`,
    )
    for (const problem of said) t.diagnostic(problem)
    for (const state of ['none', 'sealed', 'announced']) assert.ok(kills.includes(state), state)

    const { rows } = await sql<{
      events: number
      exchanges: number
      labels: number
      records: number
      hashes: number
    }>`
      select (select count(*) from audit.events where exchange is not null) as events,
        (select count(*) from audit.exchanges) as exchanges,
        (select count(*) from audit.exchange_labels l where not exists (
          select from audit.exchanges x where x.exchange = l.exchange)) as labels,
        (select count(*) from audit.events where type = ${eventTypes.dropSealed}) as records,
        (select sum(octet_length(hashes)) / 32 from audit.dropped_leaves)::bigint as hashes`.execute(database)
    assert.deepEqual(rows[0], {
      events: 2 * newExchanges,
      exchanges: newExchanges,
      labels: 0,
      records: 1,
      hashes: 2 * oldExchanges,
    })

    const { generation, size } = (await findPublished(database as never))!
    assert.equal(size, before.size + 1)
    assert.deepEqual(
      await rootAt(database as never, generation, before.size),
      checkpointBody(parseNote(before.note).text).root,
    )
    const { rows: leaves } = await sql<{ index: number; hash: Buffer }>`
      select leaf_index as index, hash from audit.log_leaves where leaf_index = ${size - 1}
      union all select first, substr(hashes, 1, 32) from audit.dropped_leaves`.execute(database)
    assert.ok(leaves.length > 2)
    for (const { index, hash } of leaves) {
      const path = await inclusionProof(database as never, generation, index, size)
      assert.ok(verifyInclusion(hash, index, size, path, await rootAt(database as never, generation, size)))
    }

    const log = openLog()
    try {
      const statement = JSON.parse((await makeStatement({ database, log }, {})).split('\n')[2]!)
      assert.deepEqual(
        [statement.complete, statement.exceptions, statement.droppedEvents],
        [true, [], 2 * oldExchanges],
      )
    } finally {
      await log.close()
    }
    assert.deepEqual(problems, [])
  })
})
