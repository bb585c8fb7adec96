import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { uuidv7 } from '@airs-cp/events'
import {
  type Manifest,
  manifestName,
  manifestSchema,
  proofName,
  secondVerifier,
  verifyExport,
} from '@airs-cp/manifest'
import { openDatabase } from '@airs-cp/postgres'
import { leafHash, parseVerifierKey, type VerifierKey } from '@airs-cp/transparency-log'
import { sql } from 'kysely'
import { openLogFiles } from '../../services/audit/log/log-files.ts'
import { runLog } from '../../services/audit/log/run-log.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import type { ExportTables } from '../../services/export/tables.ts'
import { awaitLog } from '../../services/export/writing/await-log.ts'
import { writeExport as writeRealExport } from '../../services/export/writing/write-export.ts'
import { everyEvent, madeByTest } from '../support/export-request.ts'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { eventsOf, makeExport, makeLog, writeExport } from './make-proven-export.ts'

const flipsOfFiles = Number(process.env.AIRS_TEST_FLIPS ?? 9_800)
const flipsOfStore = 200
/** Every so many flips of a file verify.py is asked too. */
const everyForPython = 40

/** A generator whose run can be repeated: mulberry32. */
function createRandom(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** Members of a manifest that say who made it, where and why. No signature covers them, and no verifier relies on them. */
const unproven = ['made', 'includeLineage', 'filters', 'from', 'until', 'name']

/** Which member of the manifest differs; undefined where none does. */
function differing(before: unknown, after: unknown, path = ''): string | undefined {
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined
  if (typeof before !== 'object' || typeof after !== 'object' || !before || !after) return path
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  for (const name of names) {
    const found = differing(
      (before as Record<string, unknown>)[name],
      (after as Record<string, unknown>)[name],
      `${path}/${name}`,
    )
    if (found !== undefined) return found
  }
  return path
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

/** verify.py as a process that is asked about one file after the other. */
function startPython(key: string) {
  const script = `
import json, runpy, sys
verifier = runpy.run_path(sys.argv[1])
keys = [verifier["parse_key"](sys.argv[2])]
for line in sys.stdin:
    path, problems = line.rstrip("\\n"), []
    try: verifier["verify_export"](path, json.load(open(path + ".manifest.json")), keys, problems.append)
    except BaseException as error: problems.append(repr(error))
    print(json.dumps(problems), flush=True)`
  const child = spawn('python3', ['-c', script, secondVerifier, key], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async problems(file: string): Promise<string[]> {
      child.stdin.write(`${file}\n`)
      return JSON.parse((await lines.next()).value ?? '["it ended"]')
    },
    stop: () => child.kill(),
  }
}

describe('of a flipped byte', () => {
  const directory = makeTemporaryDirectory()
  after(() => directory.remove())

  test(`in an export, its proof or its manifest, ${flipsOfFiles.toLocaleString('en')} times: found, or harmless`, async (t) => {
    const log = makeLog(eventsOf(29))
    const key = parseVerifierKey(log.key)
    const from = '2026-11-28T00:00:05.000Z'
    const files = await Promise.all(
      [
        makeExport(log),
        makeExport(log, { from, isRow: ({ event }) => event.time >= from && event.sequence !== undefined }),
        makeExport(log, { filters: { session: 's' }, isRow: (_, index) => index % 5 === 1 }),
      ].map(async (exported, index) => {
        const file = writeExport(join(directory.path, String(index)), exported)
        const parts = await Promise.all(
          [file, proofName(file), manifestName(file)].map((name) => readFile(name)),
        )
        return { file, parts: parts as [Buffer, Buffer, Buffer] }
      }),
    )
    const python = startPython(log.key)
    t.after(() => python.stop())
    const random = createRandom(20261128)
    const harmless = new Map<string, number>()
    for (let flip = 0; flip < flipsOfFiles; flip++) {
      // A range that leaves out leaves within it is never accepted: the one to flip is whole, or filtered.
      const { file, parts } = files[random(2) * 2]!
      const part = random(3)
      const changed = Buffer.from(parts[part]!)
      const at = random(changed.length)
      changed[at]! ^= 1 << random(8)
      const [rows, proof, manifestJson] = parts.with(part, changed) as typeof parts
      let manifest: Manifest | undefined
      try {
        manifest = manifestSchema.parse(JSON.parse(manifestJson.toString('utf8')))
      } catch {
        // It cannot be read, and both verifiers say so.
      }
      const problems = manifest
        ? manifest.proof
          ? (await verifyExport(manifest, once(rows), { file: once(proof), keys: [key] })).problems
          : ['It has no proof']
        : ['It is no manifest']
      const member =
        manifest && differing(manifestSchema.parse(JSON.parse(parts[2].toString('utf8'))), manifest)
      const place = part === 2 ? `manifest ${member ?? 'white space'}` : ['rows', 'proof'][part]!
      if (problems.length === 0) {
        assert.equal(part, 2, `byte ${at} of ${place} was changed, and nobody noticed (flip ${flip})`)
        if (member !== undefined)
          assert.ok(
            unproven.some((name) => member.split('/').includes(name)),
            `${member} was changed, and nobody noticed (flip ${flip})`,
          )
        harmless.set(place, (harmless.get(place) ?? 0) + 1)
      }
      if (flip % everyForPython !== 0) continue
      const copy = join(directory.path, 'flipped.jsonl')
      await writeFile(copy, rows)
      await writeFile(proofName(copy), proof)
      await writeFile(manifestName(copy), manifestJson)
      const found = await python.problems(copy)
      // What makes it no manifest may be a name that verify.py has no use for.
      if (!manifest) continue
      if (problems.length > 0)
        assert.notEqual(
          found.length,
          0,
          `verify.py accepts flip ${flip} (${place}, ${file}): ${problems.join()}`,
        )
      else assert.deepEqual(found, [], `verify.py refuses flip ${flip} (${place})`)
    }
    for (const [place, count] of [...harmless].sort()) t.diagnostic(`harmless: ${place}, ${count} times`)
  })

  describe('in the store', () => {
    let servers: Awaited<ReturnType<typeof startServers>>
    let admin: ReturnType<typeof openDatabase<AuditTables>>
    let reader: ReturnType<typeof openDatabase<ExportTables>>
    let database: ReturnType<typeof openDatabase<AuditTables>>
    const logDirectory = join(directory.path, 'log')
    before(async () => {
      servers = await startServers()
      admin = openDatabase<AuditTables>({ url: servers.adminUrl, name: 'test' })
      reader = openDatabase<ExportTables>({ url: servers.databaseUrl('airs_export'), name: 'test' })
      database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test' })
    })
    after(async () => {
      for (const one of [admin, reader, database]) await one?.destroy()
      await servers?.stop()
    })

    const integrate = async () => {
      const log = runLog({
        database: database as never,
        files: openLogFiles(logDirectory),
        everyMs: 3_600_000,
        onProblem() {},
      })
      try {
        await log.settled()
        return log.status().keys.map(parseVerifierKey)
      } finally {
        await log.close()
      }
    }

    /** Who notices first: the export, a verifier, the log at its next start, or whoever compares entries with hashes. */
    async function noticed(keys: VerifierKey[]): Promise<string | undefined> {
      const file = join(directory.path, 'store.jsonl')
      try {
        const manifest = await writeRealExport({
          databaseUrl: servers.databaseUrl('airs_export'),
          request: everyEvent,
          file,
          made: madeByTest,
          coverage: await awaitLog(reader, { timeoutMs: 0 }),
          onProgress() {},
          isStopped: async () => false,
        })
        const { problems } = await verifyExport(manifest, createReadStream(file), {
          file: createReadStream(proofName(file)),
          keys,
        })
        if (problems.length > 0)
          return `airs verify: ${problems[0]!.replaceAll(/[0-9]|\(.*\)|[A-Za-z0-9+/]{43}=/g, '')}`
      } catch (error) {
        return `the export fails: ${(error as Error).message.replaceAll(/[0-9]/g, '')}`
      }
      try {
        await integrate()
      } catch (error) {
        return `the log stands still: ${(error as Error).message.replaceAll(/[0-9]/g, '')}`
      }
      const leaves = await admin.selectFrom('audit.log_leaves').select(['record', 'hash']).execute()
      const differs = leaves.some(({ record, hash }) => !leafHash(Buffer.from(record, 'latin1')).equals(hash))
      return differs ? 'entries and hashes of the served log differ (fsck)' : undefined
    }

    test(`${flipsOfStore} times: found, each`, async (t) => {
      await admin
        .insertInto('audit.events')
        .values(
          eventsOf(300).map((event) => {
            const id = uuidv7()
            const { type, time, tenant, exchange = null, journal = null, sequence = null } = event
            return {
              id,
              type,
              time,
              tenant,
              exchange,
              journal,
              sequence,
              session: null,
              event: JSON.stringify({ ...event, id }),
            }
          }),
        )
        .execute()
      const keys = await integrate()
      assert.equal(await noticed(keys), undefined)
      const random = createRandom(7)
      const columns = [
        ['audit.events', 'event', 'text'],
        ['audit.log_leaves', 'salt', 'bytea'],
        ['audit.log_leaves', 'facts', 'bytea'],
        ['audit.log_leaves', 'hash', 'bytea'],
        ['audit.log_leaves', 'record', 'text'],
        ['audit.log_nodes', 'hash', 'bytea'],
        ['audit.log_checkpoints', 'note', 'text'],
      ] as const
      const reasons = new Map<string, number>()
      for (let flip = 0; flip < flipsOfStore; flip++) {
        const [table, column, type] = columns[flip % columns.length]!
        const [schema, name] = table.split('.') as [string, string]
        const { rows } = await sql<{ ctid: string; value: Buffer | string }>`
          select ctid::text, ${sql.ref(column)} as value from ${sql.table(`${schema}.${name}`)}
          order by ctid offset ${random(table === 'audit.log_nodes' || table === 'audit.log_checkpoints' ? 1 : 300)} limit 1`.execute(
          admin,
        )
        const { value } = rows[0]!
        const write = (changed: Buffer | string) =>
          sql`update ${sql.table(`${schema}.${name}`)} set ${sql.ref(column)} = ${changed}
            where ${sql.ref(column)} = ${changed === value ? flipped : value}`.execute(admin)
        const flipped =
          type === 'bytea' ? flipBit(value as Buffer, random) : flipCharacter(value as string, random)
        await write(flipped)
        const reason = await noticed(keys)
        assert.ok(reason !== undefined, `${table}.${column}: ${String(flipped)}`)
        reasons.set(`${table}.${column}: ${reason}`, (reasons.get(`${table}.${column}: ${reason}`) ?? 0) + 1)
        await write(value)
      }
      assert.equal(await noticed(keys), undefined)
      for (const [reason, count] of [...reasons].sort()) t.diagnostic(`${reason}, ${count} times`)
    })
  })
})

function flipBit(bytes: Buffer, random: (below: number) => number): Buffer {
  const changed = Buffer.from(bytes)
  changed[random(changed.length)]! ^= 1 << random(8)
  return changed
}

function flipCharacter(text: string, random: (below: number) => number): string {
  const at = random(text.length)
  const code = text.charCodeAt(at)
  const other = code >= 0x20 && code < 0x7e ? String.fromCharCode(code ^ 1) : 'x'
  return text.slice(0, at) + other + text.slice(at + 1)
}
