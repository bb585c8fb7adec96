import { parseArgs } from 'node:util'
import { openDatabase } from '@airs-cp/postgres'
import { verifyInclusion } from '@airs-cp/transparency-log'
import { type Kysely, sql } from 'kysely'
import { openLogFiles } from '../../services/audit/log/log-files.ts'
import { findPublished, inclusionProof, rootAt } from '../../services/audit/log/read-tree.ts'
import { runLog, type TransparencyLog } from '../../services/audit/log/run-log.ts'
import { makeStatement } from '../../services/audit/log/statement.ts'
import { dropPage } from '../../services/audit/retention/carry-out-drop.ts'
import { nextDay, planDrop } from '../../services/audit/retention/plan-drop.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    days: { type: 'string', default: '10' },
    bytes: { type: 'string', default: '1024' },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) {
  console.log(`What it takes to drop a day of events, and what proofs take before and after.
  --events N   in the store; default 1000000
  --days N     over which they are spread; default 10
  --bytes N    of each event, about; default 1024`)
  process.exit(0)
}
const [events, days, bytes] = [options.events, options.days, options.bytes].map(Number) as [
  number,
  number,
  number,
]
const exchanges = Math.ceil(events / 2)
/** Over its time, whatever the rule. */
const startMs = (Math.floor(Date.now() / 86_400_000) - 400) * 86_400_000
const stepMs = (days * 86_400_000) / exchanges

const report = (what: string, figure: string) => console.log(`${what.padEnd(56)} ${figure}`)
const perSecond = (count: number, ms: number) => `${Math.round((1_000 * count) / ms).toLocaleString('en')}/s`

async function timed<Result>(work: () => Promise<Result>): Promise<{ result: Result; ms: number }> {
  const began = performance.now()
  const result = await work()
  return { result, ms: performance.now() - began }
}

/** Exchanges with two events each, and what is derived of them: `count` of them from number `first` on. */
async function fill(database: Kysely<AuditTables>, first: number, count: number): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(database)
  const at = `timestamptz 'epoch' + (${startMs} + i * ${stepMs}) * interval '1 ms'`
  const id = (kind: string) =>
    `(lpad(to_hex((${startMs} + i * ${stepMs})::bigint), 12, '0') || '7' || lpad(to_hex(i % 4096), 3, '0') || '8'
      || substr(md5('${kind}' || i), 1, 15))::uuid`
  const types = { a: 'airs.request-received.v1', b: 'airs.response-completed.v1' }
  await run('drop table if exists numbers')
  await run(
    `create unlogged table numbers as select i::bigint from generate_series(${first}, ${first + count - 1}) i`,
  )
  await run(`insert into audit.events (id, type, tenant, session, exchange, journal, sequence, time, recorded_at, event)
    select id, type, 'default', session, exchange, 'journal', sequence, at, at,
      json_build_object('specversion', '1.0', 'id', id, 'type', type, 'source', '/airs/ingress/1', 'time', to_json(at),
        'datacontenttype', 'application/json', 'tenant', 'default', 'session', session, 'exchange', exchange,
        'journal', 'journal', 'sequence', sequence, 'data', json_build_object('text', repeat(md5(i::text), ${Math.ceil(bytes / 32)})))
    from (
      select i, ${at} as at, 'session-' || i / 10 as session, ${id('x')}::text as exchange,
        case side when 0 then ${id('a')} else ${id('b')} end as id,
        case side when 0 then '${types.a}' else '${types.b}' end as type, 2 * i + 1 + side as sequence
      from numbers, generate_series(0, 1) side order by i, side) made`)
  await run(`insert into audit.exchanges (exchange, tenant, session, state, requested_at, ended_at, provider, model, agent,
      tags, decision, policies, verdicts, findings, finding_types, status)
    select ${id('x')}, 'default', 'session-' || i / 10, 'completed', ${at}, ${at}, 'mock', 'm', 'agent-' || i % 23,
      '{}', 'allow', '{}', '{}', 0, '{}', 200 from numbers`)
  const label = (kind: string, value: string) =>
    `('x' || encode(substr(sha256(convert_to('${kind}' || E'\\n' || ${value}, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint`
  for (const [kind, value] of [
    ['session', `'session-' || i / 10`],
    ['agent', `'agent-' || i % 23`],
    ['model', `'m'`],
    ['provider', `'mock'`],
    ['decision', `'allow'`],
    ['status', `'200'`],
    ['status', `'2xx'`],
    ['state', `'completed'`],
  ] as const)
    await run(`insert into audit.exchange_labels select ${label(kind, value)}, ${id('x')} from numbers`)
  await run(`insert into audit.exchange_words (exchange, words)
    select ${id('x')}, array_to_tsvector(array['#' || (i + 1) / 8192, 'word' || i % 100, 'word' || i * 7919 % 1000]) from numbers order by i`)
}

const vacuumed = ['events', 'exchanges', 'exchange_labels', 'exchange_words', 'log_leaves']

async function vacuum(database: Kysely<AuditTables>): Promise<void> {
  for (const table of vacuumed) await sql.raw(`vacuum analyze audit.${table}`).execute(database)
}

/** Of the tables of events with their indexes, in MB. */
async function sizeOf(database: Kysely<AuditTables>): Promise<number> {
  const { rows } = await sql<{ mb: number }>`
    select sum(pg_total_relation_size(c.oid))::float8 / 1e6 as mb from pg_class c
    where relkind = 'r' and relnamespace = 'audit'::regnamespace`.execute(database)
  return rows[0]!.mb
}

async function proofs(database: Kysely<AuditTables>): Promise<string> {
  const { generation, size } = (await findPublished(database))!
  const root = await rootAt(database, generation, size)
  const { rows } = await sql<{ leaf_index: number; hash: Buffer }>`
    select leaf_index, hash from audit.log_leaves tablesample system (1) limit 100`.execute(database)
  const { ms } = await timed(async () => {
    for (const { leaf_index, hash } of rows)
      if (
        !verifyInclusion(
          hash,
          leaf_index,
          size,
          await inclusionProof(database, generation, leaf_index, size),
          root,
        )
      )
        throw new Error(`Leaf ${leaf_index} is not proven`)
  })
  return `${(ms / rows.length).toFixed(2)} ms each, over ${rows.length}`
}

/** As `runRetention` does it, without a bus: the event is put into the store. */
async function dropDay(database: Kysely<AuditTables>, log: TransparencyLog): Promise<void> {
  const day = await nextDay(database, 184)
  if (!day) throw new Error('There is no day to drop')
  const planned = await timed(() => planDrop(database, day))
  const drop = await database
    .selectFrom('audit.drops')
    .selectAll()
    .orderBy('number', 'desc')
    .executeTakeFirstOrThrow()
  const time = new Date().toISOString()
  const type = 'airs.drop-sealed.v1'
  await sql`update audit.drops set note = ${await log.sign(drop.record!)}, signed_by = '', state = 'announced'
    where number = ${drop.number}`.execute(database)
  await database
    .insertInto('audit.events')
    .values({
      ...{ id: drop.event_id, type, tenant: 'default', session: null, exchange: null, journal: null },
      ...{
        sequence: null,
        time,
        event: JSON.stringify({ id: drop.event_id, type, time, tenant: 'default' }),
      },
    })
    .execute()
  await log.settled()
  const pages: number[] = []
  const dropped = await timed(async () => {
    for (;;) {
      const { result, ms } = await timed(() => dropPage(database, drop.number))
      if (result === 0) return
      pages.push(ms)
    }
  })
  report(
    `${drop.events.toLocaleString('en')} events of a day: planned and sealed in`,
    `${planned.ms.toFixed(0)} ms`,
  )
  report(
    'and deleted, with all that they led to, in',
    `${dropped.ms.toFixed(0)} ms, ${perSecond(drop.events, dropped.ms)}; longest transaction ${Math.max(...pages).toFixed(0)} ms`,
  )
}

const servers = await startServers()
const directory = makeTemporaryDirectory()
try {
  const admin = openDatabase<AuditTables>({ url: servers.adminUrl, name: 'bench', max: 1, isPatient: true })
  const filled = await timed(() => fill(admin, 0, exchanges))
  await vacuum(admin)
  report(
    `${(2 * exchanges).toLocaleString('en')} events over ${days} days stored in`,
    `${(filled.ms / 1_000).toFixed(0)} s`,
  )
  const database = openDatabase<AuditTables>({
    url: servers.databaseUrl('airs_audit'),
    name: 'bench',
    max: 2,
  })
  const log = runLog({
    database: database as never,
    files: openLogFiles(directory.path),
    everyMs: 3_600_000,
    onProblem: (problem, error) => console.error(problem, error),
  })
  const integrated = await timed(() => log.settled())
  report('their leaves made, and a checkpoint signed', perSecond(2 * exchanges, integrated.ms))
  await vacuum(admin)
  const megabytes = (mb: number) => `${Math.round(mb).toLocaleString('en')} MB`
  const before = await sizeOf(admin)
  report('the event store on disk, with indexes', megabytes(before))
  report('inclusion proofs before the drop', await proofs(database))
  await dropDay(database, log)
  await dropDay(database, log)
  report('inclusion proofs after the drop of two days', await proofs(database))
  const cleaned = await timed(() => vacuum(admin))
  report('vacuum after that (autovacuum does it)', `${(cleaned.ms / 1_000).toFixed(1)} s`)
  const emptied = await sizeOf(admin)
  const day = Math.ceil(exchanges / days)
  await fill(admin, exchanges, 2 * day)
  await log.settled()
  report(
    'on disk after the drop, and after two more days were stored',
    `${megabytes(emptied)}, ${megabytes(await sizeOf(admin))}`,
  )
  const statement = await timed(() => makeStatement({ database, log }, {}))
  report('statement of everything', `${statement.ms.toFixed(0)} ms`)
  if (!statement.result.includes('"complete":false')) report('which says that the store is', 'complete')
  else {
    const { exceptions } = JSON.parse(statement.result.split('\n')[2]!) as { exceptions: string[] }
    report('which says that the store is not complete', exceptions.slice(0, 3).join('; '))
  }
  await log.close()
  await database.destroy()
  await admin.destroy()
} finally {
  await servers.stop()
  directory.remove()
}
