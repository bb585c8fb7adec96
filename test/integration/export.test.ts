import assert from 'node:assert/strict'
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { parseEvent, recordBody, sha256Hex, uuidv7 } from '@airs-cp/events'
import { manifestName, verifyExport } from '@airs-cp/manifest'
import { indexedWords, openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { storeEvents } from '../../services/audit/store-events.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import type { ExportTables } from '../../services/export/tables.ts'
import { writeExport } from '../../services/export/writing/write-export.ts'
import { everyEvent, madeByTest } from '../support/export-request.ts'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { createTrafficSource } from '../support/traffic.ts'

describe('an export', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let audit: ReturnType<typeof openDatabase<AuditTables>>
  let database: ReturnType<typeof openDatabase<ExportTables>>
  const directory = makeTemporaryDirectory()
  const source = createTrafficSource()
  let lines: string[] = []

  /** An exchange as an ingress records it; a client may name its model as it likes. */
  const exchange = (session: string, text = 'hello', from = source) => {
    const id = uuidv7()
    return [from.request(id, session, text), from.completed(id, session)].map(({ json }, index) =>
      json.replace('"model":"m"', `"model":"m${index % 2 ? '' : '\\u0000'}"`),
    )
  }
  const record = async (more: string[]) => {
    for (let at = 0; at < more.length; at += 500) {
      const deliveries = more.slice(at, at + 500).map((json) => ({ event: parseEvent(json), json }))
      await audit.transaction().execute((tx) => storeEvents(tx, deliveries))
    }
  }
  const write = (name: string, options: Partial<Parameters<typeof writeExport>[0]> = {}) =>
    writeExport({
      databaseUrl: servers.databaseUrl('airs_export'),
      request: everyEvent,
      file: join(directory.path, name),
      made: madeByTest,
      onProgress() {},
      isStopped: async () => false,
      ...options,
    })
  const killedAfterFirstPart = (name: string) => async () => {
    if (existsSync(join(directory.path, `${name}.checkpoint`))) throw new Error('killed')
    return false
  }
  const read = (name: string) => readFileSync(join(directory.path, name), 'utf8')

  before(async () => {
    servers = await startServers()
    audit = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    database = openDatabase<ExportTables>({ url: servers.databaseUrl('airs_export'), name: 'test' })
    lines = Array.from({ length: 2_200 }, (_, index) => exchange(`s${index % 7}`)).flat()
    await record(lines)
  })
  after(async () => {
    await audit?.destroy()
    await database?.destroy()
    await servers?.stop()
    directory.remove()
  })

  test('is every event exactly as recorded, in order, and its manifest holds', async () => {
    const manifest = await write('whole')
    assert.equal(read('whole'), lines.map((line) => `${line}\n`).join(''))
    assert.equal(manifest.rows, lines.length)
    assert.deepEqual(
      manifest.journals?.flatMap(({ gaps }) => gaps),
      [],
    )
    const stored = JSON.parse(read(manifestName('whole')))
    assert.deepEqual(stored, manifest)
    assert.deepEqual(
      (await verifyExport(manifest, createReadStream(join(directory.path, 'whole')))).problems,
      [],
    )
  })

  for (const [kind, format, compression] of [
    ['events', 'csv', 'none'],
    ['events', 'jsonl', 'gzip'],
    ['decisions', 'jsonl', 'zstd'],
    ['decisions', 'csv', 'gzip'],
    ['sessions', 'jsonl', 'none'],
  ] as const)
    test(`of ${kind} as ${format}, ${compression}, is the same whenever it is asked for`, async () => {
      const request = { ...everyEvent, kind, format, compression }
      const manifest = await write('one', { request })
      const again = await write('two', { request })
      assert.deepEqual({ ...again, files: manifest.files }, manifest)
      assert.equal(again.files[0]?.sha256, manifest.files[0]?.sha256)
      const verdict = await verifyExport(manifest, createReadStream(join(directory.path, 'one')))
      assert.deepEqual(verdict.problems, [])
    })

  test('goes on behind its last part after it was interrupted, and takes nothing that came since', async () => {
    const whole = await write('uninterrupted', { partRows: 1_000 })
    const isStopped = killedAfterFirstPart('interrupted')
    await assert.rejects(write('interrupted', { partRows: 1_000, isStopped }), /killed/)
    assert.equal(existsSync(join(directory.path, 'interrupted')), false)
    const checkpoint = JSON.parse(read('interrupted.checkpoint'))
    assert.ok(checkpoint.tally.rows >= 1_000)
    await record(exchange('late', 'late', createTrafficSource()))
    const progress: number[] = []
    const resumed = await write('interrupted', {
      partRows: 1_000,
      onProgress: ({ rows }) => void progress.push(rows),
    })
    assert.ok(progress[0]! > checkpoint.tally.rows, 'it began anew')
    assert.deepEqual({ ...resumed, files: whole.files }, whole)
    assert.equal(read('interrupted'), read('uninterrupted'))
    assert.deepEqual(
      ['rows', 'checkpoint', 'packed'].filter((end) =>
        existsSync(join(directory.path, `interrupted.${end}`)),
      ),
      [],
    )
  })

  test('begins anew where what it had counted is not what there is', async () => {
    const first = join(directory.path, 'changed')
    const isStopped = killedAfterFirstPart('changed')
    await assert.rejects(write('changed', { partRows: 1_000, isStopped }), /killed/)
    const checkpoint = JSON.parse(readFileSync(`${first}.checkpoint`, 'utf8'))
    writeFileSync(
      `${first}.checkpoint`,
      JSON.stringify({ ...checkpoint, totalRows: checkpoint.totalRows + 1 }),
    )
    const progress: number[] = []
    const manifest = await write('changed', { onProgress: ({ rows }) => void progress.push(rows) })
    assert.ok(progress[0]! <= 2_000)
    assert.deepEqual((await verifyExport(manifest, createReadStream(first))).problems, [])
  })

  test('of rows larger than a page takes them one by one', async () => {
    const large = 'x'.repeat(900_000)
    const more = Array.from({ length: 8 }, () => exchange('large', large)).flat()
    await record(more)
    const manifest = await write('large', { request: { ...everyEvent, filters: { session: 'large' } } })
    assert.equal(manifest.rows, more.length)
    assert.equal(manifest.journals, null)
  })

  test('narrowed down has all of the exchanges that fit, and nothing else', async () => {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from audit.recorded_events where session = 's3'`.execute(database)
    const manifest = await write('session', { request: { ...everyEvent, filters: { session: 's3' } } })
    assert.equal(manifest.rows, rows[0]?.count)
    const none = await write('none', { request: { ...everyEvent, filters: { finding: uuidv7() } } })
    assert.equal(none.rows, 0)
    assert.equal(read('none'), '')
  })

  test('narrowed down within a range has what came before the pieces of others that it takes along', async () => {
    const from = new Date()
    const events = (made: { json: string }[]) => made.map(({ json }) => json)
    const first = exchange('narrow')
    const piece = Buffer.from('what another session had said first')
    const content = { sha256: sha256Hex(piece), bytes: piece.length }
    const later = () => setTimeout(5)
    await later()
    const held = events([source.content(uuidv7(), 'another', { ...content, text: piece.toString() })])
    await later()
    const body = { ...recordBody(piece, 'application/json'), text: undefined, parts: [content] }
    const id = uuidv7()
    const last = events([source.request(id, 'narrow', '', { body }), source.completed(id, 'narrow')])
    await record([...first, ...held, ...last])
    const request = { ...everyEvent, range: { from }, filters: { session: 'narrow' } }
    const manifest = await write('narrow', { request })
    assert.deepEqual(read('narrow').trimEnd().split('\n'), [...first, ...held, ...last])
    const { problems } = await verifyExport(manifest, createReadStream(join(directory.path, 'narrow')))
    assert.deepEqual(problems, [])
  })

  test('narrowed down by what was said has what a search finds, whatever the script', async () => {
    const said = exchange('said', '顧客の機密情報')
    await record(said)
    const { exchange: id } = JSON.parse(said[0]!) as { exchange: string }
    await sql`insert into audit.exchange_words (exchange, words)
      values (${id}::uuid, to_tsvector('simple', ${indexedWords('顧客の機密情報')}))`.execute(audit)
    for (const [text, rows] of Object.entries({ 機密情報: 2, 客の機: 2, 情密: 0, '!': 0 })) {
      const manifest = await write(`said ${text}`, { request: { ...everyEvent, filters: { text } } })
      assert.equal(manifest.rows, rows, text)
    }
  })
})
