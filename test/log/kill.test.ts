import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { checkpointBody, parseNote, parseSigner, verifyNote } from '@airs-cp/transparency-log'
import { sql } from 'kysely'
import { findPublished, rootAt } from '../../services/audit/log/read-tree.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

/** More than one start and one round of the integrator has. */
const mostSteps = 80

describe('the integrator that is killed with SIGKILL', () => {
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

  const storeThree = () =>
    database
      .insertInto('audit.events')
      .values(
        Array.from({ length: 3 }, () => {
          const id = uuidv7()
          const time = new Date().toISOString()
          const members = { id, type: 'airs.test.v1', time, tenant: 'default' }
          return {
            ...members,
            session: null,
            exchange: null,
            journal: null,
            sequence: null,
            event: JSON.stringify(members),
          }
        }),
      )
      .execute()

  const runUntil = (step: number) =>
    new Promise<'killed' | 'done'>((resolve, reject) => {
      execFile(
        process.execPath,
        [
          join(import.meta.dirname, 'integrator', 'run-until-killed.ts'),
          servers.databaseUrl('airs_audit'),
          directory.path,
          String(step),
        ],
        (error, out, err) => {
          if (error?.signal === 'SIGKILL') resolve('killed')
          else if (!error && out === 'done\n') resolve('done')
          else reject(new Error(`${error?.message} ${err}`))
        },
      )
    })

  test('before any of its steps has signed one history, with one leaf for each event', async (t) => {
    const notes = new Set<string>()
    const collect = async () => {
      const signed = await readFile(join(directory.path, 'checkpoint'), 'utf8').catch(() => undefined)
      const published = await findPublished(database as never)
      for (const note of [signed, published?.note]) if (note !== undefined) notes.add(note)
    }
    let kills = 0
    let outcome: 'killed' | 'done' = 'killed'
    for (let step = 1; outcome === 'killed'; step++) {
      assert.ok(step < mostSteps, 'it never ends')
      await storeThree()
      outcome = await runUntil(step)
      if (outcome === 'killed') kills++
      await collect()
    }
    t.diagnostic(`killed before each of ${kills} steps`)
    assert.ok(kills >= 15)

    const secrets = (await readFile(join(directory.path, 'keys'), 'utf8')).trim().split('\n')
    const keys = secrets.map((secret) => parseSigner(secret).key)
    const { generation, size } = (await findPublished(database as never))!
    for (const note of notes) {
      const parsed = parseNote(note)
      assert.equal(verifyNote(parsed, keys).length, keys.length)
      const checkpoint = checkpointBody(parsed.text)
      assert.deepEqual(await rootAt(database as never, generation, checkpoint.size), checkpoint.root)
    }
    assert.ok(notes.size >= 3)
    const { rows } = await sql<{ events: number; leaves: number; positions: number; logs: number }>`
      select (select count(*) from audit.events) as events,
        (select count(*) from audit.log_leaves) as leaves,
        (select count(distinct position) from audit.log_leaves) as positions,
        (select count(*) from audit.logs) as logs`.execute(database)
    assert.deepEqual(rows[0], { events: size, leaves: size, positions: size, logs: 1 })
  })
})
