import { execFileSync } from 'node:child_process'
import { createReadStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseEvent, uuidv7 } from '@airs-cp/events'
import { manifestName, proofName, secondVerifier, verifyExport } from '@airs-cp/manifest'
import { openDatabase } from '@airs-cp/postgres'
import {
  Frontier,
  formatVerifierKey,
  type Hash,
  parseVerifierKey,
  sha256,
  tileHeight,
  verifyInclusion,
} from '@airs-cp/transparency-log'
import { sql } from 'kysely'
import { openLogFiles } from '../../services/audit/log/log-files.ts'
import { inclusionProof, rootAt } from '../../services/audit/log/read-tree.ts'
import { runLog } from '../../services/audit/log/run-log.ts'
import { storeEvents } from '../../services/audit/store-events.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import type { ExportTables } from '../../services/export/tables.ts'
import { awaitLog } from '../../services/export/writing/await-log.ts'
import { writeExport } from '../../services/export/writing/write-export.ts'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { createTrafficSource } from '../support/traffic.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '40000' },
    bytes: { type: 'string', default: '2048' },
    leaves: { type: 'string', default: '1000000' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  console.log(`What the transparency log and its proofs cost.
  --events N   stored, integrated, exported and verified; default 40000
  --bytes N    of each event; default 2048
  --leaves N   of another log, of which leaves are proven; default 1000000`)
  process.exit(0)
}

const [events, bytes, leaves] = [values.events, values.bytes, values.leaves].map(Number) as [
  number,
  number,
  number,
]
const batch = 500
const perSecond = (count: number, ms: number) => Math.round((1_000 * count) / ms).toLocaleString('en')
const report = (what: string, figure: string) => console.log(`${what.padEnd(66)} ${figure}`)

async function measured<Result>(work: () => Promise<Result>) {
  const began = performance.now()
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return { result, cpuMicros: user + system, ms: performance.now() - began }
}

async function bench(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const servers = await startServers()
  stack.defer(() => servers.stop())
  const directory = makeTemporaryDirectory()
  stack.defer(() => directory.remove())
  const open = <Tables>(role: string) =>
    stack.adopt(openDatabase<Tables>({ url: servers.databaseUrl(role), name: 'bench' }), (one) =>
      one.destroy(),
    )
  const audit = open<AuditTables>('airs_audit')
  const reader = open<ExportTables>('airs_export')
  const log = stack.use(
    runLog({
      database: audit as never,
      files: openLogFiles(directory.path),
      everyMs: 3_600_000,
      onProblem: (problem, error) => console.error(problem, error),
    }),
  )
  await log.settled()

  const source = createTrafficSource()
  const content = 'x'.repeat(Math.max(0, 2 * bytes - 1_900))
  const text = JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] })
  const deliveries = Array.from({ length: events / 2 }, () => {
    const id = uuidv7()
    return [source.request(id, 's', text), source.completed(id, 's')]
  })
    .flat()
    .map(({ json }) => ({ event: parseEvent(json), json }))
  const size = deliveries.reduce((sum, { json }) => sum + json.length, 0) / deliveries.length
  report('bytes of an event, on average', size.toFixed(0))

  const storing = await measured(async () => {
    for (let at = 0; at < deliveries.length; at += batch)
      await audit.transaction().execute((tx) => storeEvents(tx, deliveries.slice(at, at + batch)))
  })
  const integrating = await measured(() => log.settled())
  const cpu = storing.cpuMicros + integrating.cpuMicros
  report('storing, events/s per core of the audit service', perSecond(events, storing.cpuMicros / 1_000))
  report('storing and integrating, events/s per core', perSecond(events, cpu / 1_000))
  report(
    'hashing, tree and signing, µs of CPU per exchange (two events)',
    ((2 * integrating.cpuMicros) / events).toFixed(1),
  )
  report('integrating, events/s as it was', perSecond(events, integrating.ms))
  const { rows } = await sql<{ bytes: number }>`
    select pg_total_relation_size('audit.log_leaves') + pg_total_relation_size('audit.log_nodes') as bytes`.execute(
    audit,
  )
  report('bytes of the log in Postgres per event', (rows[0]!.bytes / events).toFixed(0))

  const file = join(directory.path, 'events.jsonl')
  const request = {
    kind: 'events' as const,
    format: 'jsonl' as const,
    compression: 'none' as const,
    includeLineage: false,
    range: {},
    filters: {},
  }
  const made = { exportId: 'x', at: '', by: 'bench', software: { name: 'airs-cp', version: '0.2.0' } }
  const write = async (format: 'jsonl' | 'csv') =>
    writeExport({
      databaseUrl: servers.databaseUrl('airs_export'),
      request: { ...request, format },
      file: format === 'csv' ? `${file}.csv` : file,
      made,
      coverage: await awaitLog(reader),
      onProgress() {},
      isStopped: async () => false,
    })
  await write('csv')
  const without = await measured(() => write('csv'))
  const exporting = await measured(() => write('jsonl'))
  report('export as CSV, without proof, events/s', perSecond(events, without.ms))
  report('export as JSON Lines with proof, events/s', perSecond(events, exporting.ms))
  report('bytes of proof per event of an export', (statSync(proofName(file)).size / events).toFixed(0))
  const keys = log.status().keys.map(parseVerifierKey)
  const plain = await measured(() =>
    verifyExport({ ...exporting.result, proof: undefined }, createReadStream(file)),
  )
  const proven = await measured(() =>
    verifyExport(exporting.result, createReadStream(file), { file: createReadStream(proofName(file)), keys }),
  )
  if (proven.result.problems.length > 0) throw new Error(proven.result.problems.join('\n'))
  report('verifying the manifest, events/s', perSecond(events, plain.ms))
  report('verifying manifest and proof (airs verify), events/s', perSecond(events, proven.ms))
  const python = await measured(async () =>
    execFileSync('python3', [secondVerifier, file, '--key', formatVerifierKey(keys[0]!)]),
  )
  report('verifying both with verify.py, events/s', perSecond(events, python.ms))
  statSync(manifestName(file))

  await proveAmong(open<AuditTables>('airs_audit'), leaves)
}

/** A log of a generation of its own with hashes that stand for leaves. */
async function proveAmong(
  database: ReturnType<typeof openDatabase<AuditTables>>,
  count: number,
): Promise<void> {
  const generation = 1_000
  const frontier = new Frontier()
  const hashOf = (index: number) => sha256(String(index))
  const chunk = 20_000
  for (let from = 0; from < count; from += chunk) {
    const hashes = Array.from({ length: Math.min(chunk, count - from) }, (_, at) => hashOf(from + at))
    const nodes: { level: number; index: number; hash: Hash }[] = []
    for (const hash of hashes)
      frontier.append(hash, ({ level, index }, node) => {
        if (level % tileHeight === 0) nodes.push({ level: level / tileHeight, index, hash: node })
      })
    await sql`insert into audit.log_leaves (generation, leaf_index, position, facts, hash, record)
      select ${generation}::int, ${from}::bigint + row - 1, 1000000000000 + ${from}::bigint + row, hash, hash, ''
      from unnest(${hashes}::bytea[]) with ordinality as leaf (hash, row)`.execute(database)
    if (nodes.length > 0)
      await sql`insert into audit.log_nodes (generation, level, node_index, hash)
        select ${generation}::int, level, node_index, hash
        from unnest(${nodes.map(({ level }) => level)}::smallint[], ${nodes.map(({ index }) => index)}::bigint[],
          ${nodes.map(({ hash }) => hash)}::bytea[]) as node (level, node_index, hash)`.execute(database)
  }
  const root = await rootAt(database as never, generation, count)
  const times: { proof: number; verify: number }[] = []
  for (let run = 0; run < 200; run++) {
    const index = Math.floor((run * count) / 200)
    const began = performance.now()
    const proof = await inclusionProof(database as never, generation, index, count)
    const made = performance.now()
    if (!verifyInclusion(hashOf(index), index, count, proof, root))
      throw new Error(`Leaf ${index} is not proven`)
    times.push({ proof: made - began, verify: performance.now() - made })
  }
  const median = (of: 'proof' | 'verify') => times.map((one) => one[of]).sort((a, b) => a - b)[100]!
  const among = count.toLocaleString('en')
  report(`proof of a leaf among ${among}, ms, median`, median('proof').toFixed(1))
  report(`verifying it, ms, median`, median('verify').toFixed(3))
}

await bench()
