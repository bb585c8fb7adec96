import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { processes } from '../../infra/processes.ts'
import { pendingEvents } from '../support/process-samples.ts'
import { startStack } from '../support/stack.ts'
import { fixed, table } from '../support/table.ts'
import { type ProcessSample, sampleProcess, tableBytes } from './sample.ts'
import { sendTraffic } from './traffic.ts'

const { values } = parseArgs({
  options: {
    exchanges: { type: 'string', default: '3600' },
    clients: { type: 'string', default: '8' },
    minutes: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(`Sends traffic of every shape through the whole stack for long, and prints what grows.

  npm run test:endurance -- [--exchanges N] [--clients N] [--minutes N]

  --exchanges N  plain, streamed, with tools, and in conversations of up to 40 turns (default 3600)
  --clients N    at the same time (default 8)
  --minutes N    ends after so long with as many as were sent (default: no end)

It fails when an exchange is lost or recorded twice, when handles or bytes per exchange of the last third, or memory in a run of
50,000 or more, are above those of the second third, or when a consumer does not catch up.`)
  process.exit(0)
}

/** Of the last third over the second. A heap is larger or smaller by chance; what grows for ever is over it in the end. */
const growth = { memory: 1.25, memoryMiB: 48, handles: 32, bytesPerExchange: 1.3 }
const stretches = 9
/** Heaps have their size only after some ten thousand exchanges. */
const leastForMemory = 50_000

type Stretch = {
  exchanges: number
  p50: number
  p99: number
  pending: number
  bytes: number
  samples: Record<string, ProcessSample>
}

const exchanges = Math.ceil(Number(values.exchanges) / stretches)
const problems: string[] = []
let isLong = false
const stack = await startStack({ apart: 'all', env: { AIRS_LOG: 'warn' } })
const database = openDatabase<unknown>({ url: stack.databaseUrl, name: 'endurance' })
try {
  const names = [...processes.map(({ name }) => name), 'nats']
  const run: Stretch[] = []
  const minutes = values.minutes === undefined ? Number.POSITIVE_INFINITY : Number(values.minutes)
  const startedMs = performance.now()
  let sent = 0
  let bytesBefore = await tableBytes(database)
  for (let at = 0; at < stretches; at++) {
    const {
      latenciesMs,
      failed,
      exchanges: done,
    } = await sendTraffic(stack.urls.ingress!, {
      exchanges,
      clients: Number(values.clients),
      endMs: startedMs + ((at + 1) / stretches) * minutes * 60_000,
    })
    sent += done
    problems.push(...failed.slice(0, 3))
    const pending = await pendingEvents(stack.urls)
    const samples = Object.fromEntries(names.map((name) => [name, sampleProcess(stack.process(name).pid!)]))
    await caughtUp()
    const bytes = await tableBytes(database)
    const sorted = latenciesMs.toSorted((a, b) => a - b)
    run.push({
      exchanges: done,
      p50: sorted[Math.floor(sorted.length / 2)] ?? 0,
      p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
      pending,
      bytes: bytes - bytesBefore,
      samples,
    })
    bytesBefore = bytes
    console.log(`${sent} exchanges, ${failed.length} failed, load average ${loadavg()[0]!.toFixed(1)}`)
  }
  console.log(describe(run, names))
  isLong = sent >= leastForMemory
  problems.push(...grown(run, names), ...(await miscounted(sent)))
} finally {
  await database.destroy()
  await stack.stop()
}
for (const problem of problems) console.log(`✖ ${problem}`)
if (problems.length === 0)
  console.log(
    isLong
      ? '✔ every exchange is recorded once, and nothing grows'
      : '✔ every exchange is recorded once, and no handles or bytes grow; of memory so short a run says nothing',
  )
process.exitCode = problems.length === 0 ? 0 : 1

/** Waits for as long as consumers go on: only a standstill is an error. */
async function caughtUp(): Promise<void> {
  let least = Number.POSITIVE_INFINITY
  let lastProgressMs = performance.now()
  while (true) {
    const pending = await pendingEvents(stack.urls)
    if (pending === 0) return stack.settled()
    if (pending < least) {
      least = pending
      lastProgressMs = performance.now()
    } else if (performance.now() - lastProgressMs > 60_000)
      throw new Error(`${pending} events are not applied`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

function describe(run: Stretch[], names: string[]): string {
  const columns = run.map((_, at) => `${at + 1}/${stretches}`)
  return [
    table(
      ['', ...columns],
      [
        ['latency p50, ms', ...run.map(({ p50 }) => fixed(p50, 1))],
        ['latency p99, ms', ...run.map(({ p99 }) => fixed(p99, 1))],
        ['events not applied yet', ...run.map(({ pending }) => pending)],
        ['bytes per exchange', ...run.map(({ bytes, exchanges }) => fixed(bytes / exchanges, 0))],
        ...names.map((name) => [
          `${name}, MiB`,
          ...run.map(({ samples }) => fixed(samples[name]!.residentMiB, 0)),
        ]),
        ...names.map((name) => [`${name}, handles`, ...run.map(({ samples }) => samples[name]!.handles)]),
      ],
    ),
  ].join('\n')
}

function grown(run: Stretch[], names: string[]): string[] {
  const third = stretches / 3
  const [second, last] = [run.slice(third, 2 * third), run.slice(2 * third)]
  const most = (of: Stretch[], measure: (stretch: Stretch) => number) => Math.max(...of.map(measure))
  const found: string[] = []
  for (const name of names) {
    const memory = ({ samples }: Stretch) => samples[name]!.residentMiB
    const [before, after] = [most(second, memory), most(last, memory)]
    if (isLong && after > before * growth.memory && after > before + growth.memoryMiB)
      found.push(`${name} has grown from ${before.toFixed(0)} to ${after.toFixed(0)} MiB`)
    const handles = ({ samples }: Stretch) => samples[name]!.handles
    if (most(last, handles) > most(second, handles) + growth.handles)
      found.push(`${name} has ${most(last, handles)} handles, and had ${most(second, handles)}`)
  }
  const perExchange = (of: Stretch[]) =>
    of.reduce((sum, { bytes }) => sum + bytes, 0) / of.reduce((sum, { exchanges }) => sum + exchanges, 0)
  if (perExchange(last) > perExchange(second) * growth.bytesPerExchange)
    found.push(
      `an exchange takes ${perExchange(last).toFixed(0)} bytes, and took ${perExchange(second).toFixed(0)}`,
    )
  return found
}

async function miscounted(sent: number): Promise<string[]> {
  const { rows } = await sql<{ exchanges: number; completed: number; gaps: number }>`select
    (select count(*)::int from audit.exchanges) as exchanges,
    (select count(*)::int from audit.exchanges where state = 'completed') as completed,
    (select count(*)::int from audit.gaps) as gaps`.execute(database)
  const { exchanges, completed, gaps } = rows[0]!
  return [
    ...(exchanges === sent && completed === sent
      ? []
      : [`${sent} exchanges were sent, ${exchanges} are recorded, ${completed} as completed`]),
    ...(gaps === 0 ? [] : [`there are ${gaps} gaps`]),
  ]
}
