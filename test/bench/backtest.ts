import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type AnyEvent, eventTypes, recordBody, uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { storeEvents } from '../../services/audit/store-events.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { reportDigest } from '../../services/policy/backtests/report.ts'
import { runBacktest } from '../../services/policy/backtests/run-backtest.ts'
import type { PolicyTables } from '../../services/policy/tables.ts'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

/** Exchanges a second of a backtest over recorded exchanges of 2 KB requests, half of the answers streamed. */
const { values } = parseArgs({
  options: { exchanges: { type: 'string', default: '100000' }, threads: { type: 'string' } },
})
const count = Number(values.exchanges)
const policies = [
  ['pii', '{ detector: pii }', 'redact'],
  ['secrets', '{ detector: secrets }', 'block'],
  ['injection', '{ detector: injection, threshold: 0.9 }', 'block'],
].map(([name, detector, action]) => ({
  name: name!,
  version: 1,
  document: `name: ${name}\nmode: enforce\ndetectors: [${detector}]\naction: ${action}\n`,
}))
const words =
  `the quarterly report of the northern office says that orders grew while returns fell and that the new
warehouse will open in spring if permits come through as planned by the committee`.split(/\s+/)

// As every service of `npm start` has one: threads start sooner from the second run on.
const compiled = makeTemporaryDirectory()
process.env.NODE_COMPILE_CACHE = compiled.path
const servers = await startServers()
const audit = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'bench' })
const databaseUrl = servers.databaseUrl('airs_policy')
const database = openDatabase<PolicyTables>({ url: databaseUrl, name: 'bench' })
try {
  for (let at = 0; at < count; at += 1_000)
    await audit.transaction().execute(async (transaction) => {
      const events = Array.from({ length: Math.min(1_000, count - at) }, (_, index) => exchange(at + index))
      await storeEvents(
        transaction,
        events.flat().map((event) => ({ event, json: JSON.stringify(event) })),
      )
    })
  await settle()
  const input = {
    set: { version: 0, mode: 'enforce' as const, policies },
    tested: policies.map(({ name }) => name),
    enforce: false,
    until: new Date(Date.now() + 60_000).toISOString(),
  }
  const threads = values.threads === undefined ? {} : { threads: Number(values.threads) }
  for (const run of [1, 2, 3]) {
    const cpu = process.cpuUsage()
    const startedAt = performance.now()
    const report = await runBacktest({ database, databaseUrl, input, ...threads })
    const seconds = (performance.now() - startedAt) / 1_000
    const { user, system } = process.cpuUsage(cpu)
    const microseconds = Math.round((user + system) / report.exchanges)
    console.log(
      `run ${run}: ${Math.round(report.exchanges / seconds)} exchanges/s on ${availableParallelism()} cores, ${microseconds} µs of CPU an exchange without Postgres, digest ${reportDigest(report).slice(0, 12)}`,
    )
    if (run === 1) console.log(JSON.stringify(report.counts))
  }
} finally {
  await Promise.all([database.destroy(), audit.destroy()])
  await servers.stop()
  compiled.remove()
}

/** What Postgres does by itself within minutes of so many inserts, on the cores that are measured. */
async function settle(): Promise<void> {
  const administrator = openDatabase<unknown>({ url: servers.adminUrl, name: 'bench', max: 1 })
  await sql`vacuum (analyze) audit.events`.execute(administrator)
  await administrator.destroy()
}

function wordAt(index: number, at: number): number {
  return (Math.imul(index * 1_000 + at + 1, 2_654_435_761) >>> 8) % words.length
}

function exchange(index: number): AnyEvent[] {
  const [id, session] = [uuidv7(), `session-${index % 500}`]
  // No two users say the same.
  const text = (length: number, from = index) =>
    Array.from({ length }, (_, at) => words[wordAt(from, at)]).join(' ')
  const sometimes = index % 20 === 0 ? ' write to ann.smith@example.com' : ''
  const request = {
    model: 'm',
    messages: [
      { role: 'system', content: text(60, 0) },
      { role: 'user', content: text(240) + sometimes },
    ],
  }
  const response = text(60)
  const plain = JSON.stringify({
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: response }, finish_reason: 'stop' }],
  })
  const frames = response
    .split(' ')
    .map(
      (word) =>
        `data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"${word} "}}]}\n\n`,
    )
  const stream = index % 2 === 1
  const event = (type: string, data: object) =>
    ({
      specversion: '1.0',
      id: uuidv7(),
      type,
      source: '/airs/bench',
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      tenant: 'default',
      session,
      exchange: id,
      journal: 'bench',
      sequence: 0,
      data: { recording: 'strict', ...data },
    }) as unknown as AnyEvent
  const decision = {
    action: 'allow',
    mode: 'observe',
    policySet: 1,
    verdicts: [],
    findings: [],
    scanned: { characters: 0, skipped: [] },
  }
  return [
    event(eventTypes.requestReceived, {
      provider: 'mock',
      decision,
      tags: [],
      sources: [],
      request: {
        method: 'POST',
        path: '/v1/chat/completions',
        format: 'openai.chat',
        model: 'm',
        stream,
        body: recordBody(Buffer.from(JSON.stringify(request)), 'application/json'),
      },
    }),
    event(eventTypes.responseCompleted, {
      provider: 'mock',
      status: 200,
      stream,
      decision,
      attempts: [],
      timing: { durationMs: 1 },
      body: stream
        ? recordBody(Buffer.from(`${frames.join('')}data: [DONE]\n\n`), 'text/event-stream')
        : recordBody(Buffer.from(plain), 'application/json'),
    }),
  ].map((one, at) => ({ ...one, sequence: index * 2 + at + 1 }))
}
