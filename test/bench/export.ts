import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { processes } from '../../infra/processes.ts'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import type { ExportJob, ExportResult } from './export/export-once.ts'
import { startChild } from './proxy/child.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '2000000' },
    bytes: { type: 'string', default: '2048' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  console.log(`How fast events are exported from Postgres to a file, and how much memory that takes.
  --events N   in the event store; default 2,000,000
  --bytes N    of each event; default 2048`)
  process.exit(0)
}

const events = Number(values.events)
const bytes = Number(values.bytes)
if (!(events > 0 && bytes > 500)) throw new Error('--events is above 0, --bytes above 500')

const chunk = 100_000
const worker = processes.find(({ name }) => name === 'export-worker')!

async function bench(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const servers = await startServers()
  stack.defer(() => servers.stop())
  const directory = makeTemporaryDirectory()
  stack.defer(() => directory.remove())
  await fill(servers.adminUrl)
  console.log(`${events.toLocaleString('en')} events of ${bytes} bytes; one worker, one connection`)
  const ways: Record<string, Pick<ExportJob, 'format' | 'compression'>> = {
    jsonl: {},
    'jsonl, gzip': { compression: 'gzip' },
    'jsonl, zstd': { compression: 'zstd' },
    csv: { format: 'csv' },
  }
  for (const [name, options] of Object.entries(ways)) {
    const child = await startChild({
      args: [...worker.nodeOptions!, join(import.meta.dirname, 'export', 'export-once.ts')],
      env: process.env,
      logPath: join(directory.path, 'export.log'),
    })
    const job: ExportJob = {
      databaseUrl: servers.databaseUrl('airs_export'),
      file: join(directory.path, 'events'),
      ...options,
    }
    const responded = child.message<ExportResult>()
    child.send(job)
    const { rows, fileBytes, elapsedMs, peakResidentBytes } = await responded
    await child.stop()
    if (rows !== events) throw new Error(`${rows} rows were exported, and ${events} are there`)
    console.log(
      [
        name.padEnd(12),
        `${Math.round(rows / (elapsedMs / 1_000)).toLocaleString('en')} events/s`,
        `${(fileBytes / 1e6).toFixed(0)} MB`,
        `${(peakResidentBytes / 2 ** 20).toFixed(0)} MiB resident at most`,
      ].join('  '),
    )
  }
}

/** Straight into the table: what is measured is the way out. */
async function fill(url: string): Promise<void> {
  const database = openDatabase<unknown>({ url, name: 'bench', max: 1 })
  const startedAtMs = performance.now()
  for (let from = 0; from < events; from += chunk)
    await sql`
      insert into audit.events (id, type, tenant, session, exchange, journal, sequence, time, event)
      select id, type, 'default', 's' || n / 20, 'e' || n / 2, 'bench', n + 1, time,
        '{"specversion":"1.0","id":"' || id || '","type":"' || type || '","source":"/airs/ingress/bench","time":"'
          || to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
          || '","tenant":"default","journal":"bench","sequence":' || n + 1 || ',"data":{"text":"'
          || repeat(md5(n::text), ${sql.lit(Math.ceil((bytes - 250) / 32))}) || '"}}'
      from (
        select n, lpad(to_hex(n), 8, '0')::text || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0') as text_id,
          case n % 2 when 0 then 'airs.request-received.v1' else 'airs.response-completed.v1' end as type,
          timestamptz '2026-01-01' + n * interval '1 ms' as time
        from generate_series(${from}::bigint, ${Math.min(from + chunk, events) - 1}::bigint) n
      ) numbered, lateral (select text_id::uuid as id) as identified`.execute(database)
  await sql`analyze audit.events`.execute(database)
  await database.destroy()
  console.log(`filled in ${((performance.now() - startedAtMs) / 1_000).toFixed(0)} s`)
}

await bench()
