import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import {
  checkpointBody,
  decodeBundle,
  Frontier,
  leafHash,
  parseNote,
  parseVerifierKey,
  verifyNote,
} from '@airs-cp/transparency-log'
import { sql } from 'kysely'
import { openLogFiles } from '../../services/audit/log/log-files.ts'
import { getPublished, readTile } from '../../services/audit/log/routes.ts'
import { type LogOptions, runLog } from '../../services/audit/log/run-log.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

describe('the transparency log', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<AuditTables>>
  let admin: ReturnType<typeof openDatabase<AuditTables>>
  const directory = makeTemporaryDirectory()
  const problems: string[] = []
  const options = (): LogOptions => ({
    database: database as never,
    files: openLogFiles(directory.path),
    everyMs: 3_600_000,
    onProblem: (problem, error) => problems.push(`${problem}: ${(error as Error).message}`),
  })

  before(async () => {
    servers = await startServers()
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    admin = openDatabase<AuditTables>({ url: servers.adminUrl, name: 'test' })
  })
  after(async () => {
    await database?.destroy()
    await admin?.destroy()
    await servers?.stop()
    directory.remove()
  })

  const row = (text = 'ü') => {
    const id = uuidv7()
    const time = new Date().toISOString()
    const event = JSON.stringify({
      id,
      type: 'airs.test.v1',
      time,
      tenant: 'default',
      exchange: id,
      data: { text },
    })
    return {
      id,
      type: 'airs.test.v1',
      tenant: 'default',
      session: null,
      exchange: id,
      journal: null,
      sequence: null,
      time,
      event,
    }
  }
  const store = (count: number) =>
    database
      .insertInto('audit.events')
      .values(Array.from({ length: count }, () => row()))
      .execute()
  const leaves = () =>
    database
      .selectFrom('audit.log_leaves')
      .selectAll()
      .where('generation', '=', sql<number>`(select max(generation) from audit.logs)`)
      .orderBy('leaf_index')
      .execute()
  const settle = async () => {
    const log = runLog(options())
    await log.settled().finally(() => log.close())
    return log.status()
  }

  test('gives every event one leaf, without gaps, although positions are not in the order of commits', async () => {
    await store(3)
    const open = Promise.withResolvers<void>()
    const inserted = Promise.withResolvers<void>()
    const late = database.transaction().execute(async (transaction) => {
      await transaction.insertInto('audit.events').values(row('late')).execute()
      inserted.resolve()
      await open.promise
    })
    await inserted.promise
    await store(2)
    const log = runLog(options())
    await log.settled()
    assert.equal(log.status().size, 5)
    open.resolve()
    await late
    await log.settled()
    await log.close()
    const all = await leaves()
    assert.deepEqual(
      all.map(({ leaf_index }) => leaf_index),
      [0, 1, 2, 3, 4, 5],
    )
    assert.ok(all[5]!.position < all[4]!.position)
    assert.equal(new Set(all.map(({ position }) => position)).size, 6)
    assert.deepEqual(problems, [])
  })

  test('serves tiles and bundles from which its signed root follows', async () => {
    await store(700)
    const status = await settle()
    const { note, size } = await getPublished(database as never)
    const parsed = parseNote(note)
    verifyNote(parsed, status.keys.map(parseVerifierKey))
    const frontier = new Frontier()
    for (const path of ['000', '001', `002.p/${size - 512}`]) {
      const hashes = await readTile(database as never, `tile/0/${path}`)
      const entries = decodeBundle(await readTile(database as never, `tile/entries/${path}`))
      assert.equal(hashes.length, entries.length * 32)
      for (const [at, entry] of entries.entries()) {
        assert.ok(entry.length <= 1_024)
        assert.deepEqual(leafHash(entry), hashes.subarray(at * 32, at * 32 + 32))
        frontier.append(leafHash(entry))
      }
    }
    assert.deepEqual(checkpointBody(parsed.text).root, frontier.root())
    assert.equal((await readTile(database as never, 'tile/1/000.p/2')).length, 64)
    for (const none of ['tile/0/003', 'tile/0/002', 'tile/1/000', 'tile/2/000.p/1', 'tile/0/../000'])
      await assert.rejects(readTile(database as never, none), { name: 'ApiError' })
  })

  test('signs the same again after a start, and goes on', async () => {
    const before = await settle()
    await store(1)
    const now = await settle()
    assert.deepEqual(now.keys, before.keys)
    assert.equal(now.size, before.size + 1)
  })

  test('signs with both keys after one was added, and with the other after one was removed', async () => {
    const log = runLog(options())
    await log.settled()
    const [first] = log.status().keys
    await log.addKey()
    await log.settled()
    const both = log.status().keys.map(parseVerifierKey)
    assert.equal(both.length, 2)
    assert.equal(verifyNote(parseNote((await getPublished(database as never)).note), both).length, 2)
    await log.removeKey(both[0]!.id)
    await log.settled()
    await assert.rejects(log.removeKey(both[1]!.id), /last one/)
    await log.close()
    const { note } = await getPublished(database as never)
    assert.throws(() => verifyNote(parseNote(note), [parseVerifierKey(first!)]), { reason: 'unknown' })
  })

  describe('that finds something else than it has signed signs nothing, and says why:', () => {
    const keys = join(directory.path, 'keys')
    const checkpoint = join(directory.path, 'checkpoint')
    const halts = async (pattern: RegExp) => {
      const signed = await readFile(checkpoint, 'utf8').catch(() => '')
      const log = runLog(options())
      await assert.rejects(log.settled(), pattern)
      assert.notEqual(log.status().state, 'sound')
      assert.match(log.status().problem!, pattern)
      await log.close()
      assert.equal(await readFile(checkpoint, 'utf8').catch(() => ''), signed)
    }

    test('a database that was put back', async () => {
      const kept = await sql<
        Record<string, unknown>
      >`delete from audit.log_leaves where leaf_index >= 600 returning *`.execute(admin)
      await store(5)
      await halts(/it was put back/)
      await sql`insert into audit.log_leaves select * from jsonb_populate_recordset(null::audit.log_leaves, ${JSON.stringify(kept.rows.map(({ salt, facts, hash, ...rest }) => ({ ...rest, salt: `\\x${(salt as Buffer).toString('hex')}`, facts: `\\x${(facts as Buffer).toString('hex')}`, hash: `\\x${(hash as Buffer).toString('hex')}` })))}::jsonb)`.execute(
        admin,
      )
      assert.equal((await settle()).state, 'sound')
    })

    test('a changed leaf', async () => {
      const { size } = await getPublished(database as never)
      const change = (byte: number) =>
        sql`update audit.log_leaves set hash = set_byte(hash, 3, get_byte(hash, 3) # ${byte}) where leaf_index = ${size - 1}`.execute(
          admin,
        )
      await change(1)
      await halts(/it was changed/)
      await change(1)
      await settle()
    })

    test('a key that is gone, that is not readable, or that is of another log', async () => {
      const own = await readFile(keys, 'utf8')
      await rm(keys)
      await halts(/key of log .* is missing/)
      await writeFile(keys, 'garbage\n')
      await halts(/no private key/)
      await writeFile(keys, own.replaceAll('airs-cp/', 'airs-cq/'))
      await halts(/damaged/)
      await writeFile(keys, own)
      await settle()
    })

    test('a last checkpoint that is gone or not its own', async () => {
      const own = await readFile(checkpoint, 'utf8')
      await rm(checkpoint)
      await halts(/last signed checkpoint is missing/)
      await writeFile(checkpoint, own.replace(/\n\d+\n/, '\n1\n'))
      await halts(/does not hold/)
      await writeFile(checkpoint, own)
      await settle()
    })
  })

  test('begins another log that names the one before, and gives every event a leaf there', async () => {
    const before = await getPublished(database as never)
    await rm(join(directory.path, 'keys'))
    const log = runLog(options())
    const begun = await log.beginAnew()
    await log.settled()
    await log.close()
    assert.equal(begun.predecessor, before.note)
    const now = await getPublished(database as never)
    assert.notEqual(now.origin, before.origin)
    const { rows } = await sql<{ count: number }>`select count(*) as count from audit.events`.execute(
      database,
    )
    assert.equal(now.size, rows[0]!.count)
  })

  test('goes on when an event was removed before it had its leaf, and says which', async () => {
    await store(2)
    await sql`delete from audit.events where position = (select max(position) from audit.events)`.execute(
      admin,
    )
    const status = await settle()
    assert.equal(status.removed.length, 1)
  })
})
