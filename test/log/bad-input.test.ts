import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { checkpointBody, parseNote } from '@airs-cp/transparency-log'
import { openLogFiles } from '../../services/audit/log/log-files.ts'
import { findPublished, rootAt } from '../../services/audit/log/read-tree.ts'
import { runLog, type TransparencyLog } from '../../services/audit/log/run-log.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { mountTmpfs, whyNoTmpfs } from '../fault/tmpfs.ts'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const noTmpfs = whyNoTmpfs()

describe('a log whose surroundings fail signs one history, says what is wrong, and goes on', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<AuditTables>>
  const temporary = makeTemporaryDirectory()
  const disk = noTmpfs === undefined ? mountTmpfs(256 * 1024) : undefined
  const directory = join(disk?.path ?? temporary.path, 'log')
  const turns: (string | null)[] = []
  let log: TransparencyLog

  before(async () => {
    servers = await startServers()
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    log = runLog({
      database: database as never,
      files: openLogFiles(directory),
      everyMs: 3_600_000,
      onProblem() {},
      onTurn: (problem) => turns.push(problem),
    })
    await store()
    await log.settled()
  })
  after(async () => {
    await log?.close()
    await database?.destroy()
    await servers?.stop()
    disk?.remove()
    temporary.remove()
  })

  const store = (time = new Date().toISOString()) => {
    const id = uuidv7()
    const members = { id, type: 'airs.test.v1', time, tenant: 'default' }
    return database
      .insertInto('audit.events')
      .values({
        ...members,
        session: null,
        exchange: null,
        journal: null,
        sequence: null,
        event: JSON.stringify(members),
      })
      .execute()
  }
  const published = async () => (await findPublished(database as never))!
  /** The log fails, and says so; after the cure it goes on with what it had signed. */
  async function failsUntil(pattern: RegExp, cure: () => void): Promise<void> {
    const { note, size, generation } = await published()
    await store()
    await assert.rejects(log.settled(), pattern)
    assert.match(turns.at(-1)!, pattern)
    assert.equal((await published()).note, note)
    cure()
    await log.settled()
    assert.equal(turns.at(-1), null)
    assert.equal((await published()).size, size + 1)
    assert.deepEqual(
      await rootAt(database as never, generation, size),
      checkpointBody(parseNote(note).text).root,
    )
  }

  test('on a disk that is full', { skip: noTmpfs }, async () => {
    const ballast = join(disk!.path, 'ballast')
    for (let bytes = 256 * 1024; bytes >= 256; bytes /= 2) {
      try {
        writeFileSync(ballast, Buffer.alloc(bytes), { flag: 'a' })
      } catch {
        // The rest is smaller.
      }
    }
    await failsUntil(/no space is left .*Make room there; the log then goes on by itself/, () =>
      rmSync(ballast),
    )
  })

  test('on a disk that is read-only', { skip: noTmpfs }, async () => {
    disk!.remount('ro')
    await failsUntil(/read-only file system\. Make it writable/, () => disk!.remount('rw'))
  })

  test('with a file of keys that is a folder', async () => {
    const keys = join(directory, 'keys')
    renameSync(keys, `${keys}.kept`)
    mkdirSync(keys)
    // Its keys are in memory until something else fails.
    const checkpoint = join(directory, 'checkpoint')
    const own = readFileSync(checkpoint)
    rmSync(checkpoint)
    mkdirSync(checkpoint)
    await store()
    await assert.rejects(log.settled(), /rename|EISDIR|folder|directory/i)
    rmSync(checkpoint, { recursive: true })
    writeFileSync(checkpoint, own)
    await assert.rejects(log.settled(), /is a folder where a file is expected\. Restore the file/)
    rmSync(keys, { recursive: true })
    writeFileSync(keys, 'garbage\n')
    await assert.rejects(log.settled(), /keys: This is no private key.*Restore the file/)
    renameSync(`${keys}.kept`, keys)
    await log.settled()
    assert.equal(turns.at(-1), null)
  })

  test('with rows that somebody else has put into the table of events', async () => {
    const { size } = await published()
    const texts = ['', 'no JSON', 'null', '5', '{}', '{"id":1,"type":null,"time":"","tenant":""}']
    for (const text of texts) {
      await store()
      await database
        .insertInto('audit.events')
        .values({
          ...{ id: uuidv7(), type: 'airs.test.v1', tenant: 'default', time: new Date().toISOString() },
          ...{ session: null, exchange: null, journal: null, sequence: null, event: text },
        })
        .execute()
      await log.settled()
    }
    assert.equal((await published()).size, size + 2 * texts.length)
  })

  test('with clocks that jump: leaves are in the order of arrival, whatever their time', async () => {
    const { size } = await published()
    for (const time of ['2031-01-01T00:00:00.000Z', '1971-01-01T00:00:00.000Z']) await store(time)
    await log.settled()
    const rows = await database
      .selectFrom('audit.log_leaves')
      .select('record')
      .where('leaf_index', '>=', size)
      .orderBy('leaf_index')
      .execute()
    assert.deepEqual(
      rows.map(({ record }) => JSON.parse(record).time.slice(0, 4)),
      ['2031', '1971'],
    )
  })
})
