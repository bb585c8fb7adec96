import { appendFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { fixed, table } from '../support/table.ts'
import { type Candidate, startCandidates } from './proxy/candidates.ts'
import { probeDisk } from './proxy/disk.ts'
import type { Quantiles } from './proxy/load.ts'
import { measure, recordedBy, type Sample, type Scenario } from './proxy/measure.ts'
import { median } from './proxy/median.ts'
import { prepare } from './proxy/prepare.ts'
import { usageOf } from './proxy/usage.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1.5' },
    rounds: { type: 'string', default: '5' },
    'warm-up': { type: 'string', default: '25' },
    only: { type: 'string' },
    of: { type: 'string', default: '' },
    'with-audit': { type: 'boolean', default: false },
    telemetry: { type: 'boolean', default: false },
    peers: { type: 'string' },
    rows: { type: 'string' },
    beside: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  console.log(`What the ingress costs, beside a direct call and in one run.
  --seconds S     of each measurement; default 1.5
  --rounds N      of each scenario; default 5, and 2 of those beside the main one
  --warm-up S     of each candidate, which ends after 25,000 exchanges; default 25: a slow machine needs more
  --only LIST     of these scenarios only: busy, calm, peak, stream, tokens, large (64 KB) or huge (1 MB)
  --of LIST       these candidates only, such as "bare proxy,recording off,strict"
  --with-audit    also the whole stack, audit and Postgres included
  --telemetry     also with traces of every exchange, and of one in a hundred
  --peers DIR     also the gateways that npm run bench -- peers has installed in DIR
  --rows FILE     appends each measurement to FILE, a line of JSON each
  --beside DIR    also the ingress of another checkout, with recording strict and policies
  --profile DIR   writes a CPU profile of the ingress that enforces policies`)
  process.exit(0)
}

const seconds = Number(values.seconds)
const rounds = Number(values.rounds)
const wanted = values.only?.split(',') ?? []
/** Of the scenarios beside the main one. */
const few = wanted.length === 0 ? Math.min(rounds, 2) : rounds
/** Compilers are done with the ingress after some 20,000 exchanges; before, it costs up to twice as much. */
const warmUp: Scenario = {
  connections: 10,
  seconds: Number(values['warm-up']),
  maxRequests: 25_000,
}

const scenarios: Record<string, { title: string; rounds: number; scenario: Scenario }> = {
  busy: {
    title: '10 connections, each sends as soon as it is answered',
    rounds,
    scenario: { connections: 10, seconds },
  },
  calm: {
    title: '10 connections, 500 requests/s together',
    rounds: few,
    scenario: { connections: 10, seconds, perSecond: 500 },
  },
  peak: {
    title: '64 connections, each sends as soon as it is answered',
    rounds: few,
    scenario: { connections: 64, seconds },
  },
  stream: {
    title: '10 connections, streams of 22 frames, one every 5 ms; latency until the first',
    rounds: few,
    scenario: { connections: 10, seconds, stream: true },
  },
  tokens: {
    title:
      '10 connections, 7 streams/s together, of 64 tokens, one every 20 ms, to requests with tools; latency until the first',
    rounds: few,
    // Spread over time: where all begin together, each waits for the requests of the others.
    scenario: { connections: 10, seconds: Math.max(seconds, 4), tokens: true, perSecond: 7 },
  },
  large: {
    title: '10 connections, requests of 64 KB, each sends as soon as it is answered',
    rounds: few,
    scenario: { connections: 10, seconds, bytes: 64 * 1024 },
  },
  huge: {
    title: '4 connections, requests of 1 MB, each sends as soon as it is answered',
    rounds: few,
    scenario: { connections: 4, seconds: Math.max(seconds, 3), bytes: 1024 * 1024 },
  },
}

if (!(seconds > 0 && rounds > 0)) throw new Error('--seconds and --rounds are numbers above 0')
for (const name of wanted)
  if (!(name in scenarios)) throw new Error(`--only ${name}: there are ${Object.keys(scenarios).join(', ')}`)

/** Sets up, measures and prints; all that it started is stopped when it ends, however it ends. */
async function bench(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const { directory, cores, start } = prepare(stack)
  const disk = probeDisk(directory.path)
  console.log(
    [
      cores
        ? `gateway on core ${cores.gateway}, load, provider and servers on ${cores.others}`
        : 'processes are not pinned',
      disk.isMemory
        ? `${directory.path} is in memory: syncs cost nothing there, set TMPDIR to a disk`
        : `sync of 4 KiB ${disk.syncMs.toFixed(2)} ms`,
      `load average ${loadavg()[0]!.toFixed(1)}`,
    ].join('; '),
  )
  const { port } = await (await start('proxy/upstream.ts')).message<{ port: number }>()
  const load = await start('proxy/load.ts')
  const collector = values.telemetry
    ? await (await start('proxy/collector.ts')).message<{ port: number }>()
    : undefined
  const candidates = await startCandidates({
    directory: directory.path,
    upstream: `http://127.0.0.1:${port}`,
    cores,
    withAudit: values['with-audit'],
    collector: collector && `http://127.0.0.1:${collector.port}`,
    only: values.of.split(',').filter(Boolean),
    peers: values.peers,
    beside: values.beside,
    profileDirectory: values.profile,
    stack,
  })
  const sent = new Map<string, number>()
  const failures = new Map<string, number>()

  async function run(scenario: Scenario, times: number, lane = 'warm-up'): Promise<Map<Candidate, Sample[]>> {
    const samples = new Map<Candidate, Sample[]>(candidates.map((candidate) => [candidate, []]))
    for (let round = 0; round < times; round++)
      for (const [candidate, own] of samples) {
        const sample = await measure(load, candidate, scenario)
        own.push(sample)
        const { name } = candidate
        if (values.rows)
          appendFileSync(values.rows, `${JSON.stringify({ lane, round, candidate: name, ...sample })}\n`)
        sent.set(candidate.url, (sent.get(candidate.url) ?? 0) + sample.sent)
        failures.set(candidate.url, (failures.get(candidate.url) ?? 0) + sample.failures)
      }
    return samples
  }

  const startedAtMs = performance.now()
  await run(warmUp, 1)
  for (const [name, { title, rounds: times, scenario }] of Object.entries(scenarios)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const samples = await run(scenario, times, name)
    console.log(`\n${title}; medians of ${times} rounds`)
    console.log(report(samples, scenario.stream ?? scenario.tokens ?? false))
  }
  console.log(`\n${await inventory(candidates, sent, failures)}`)
  console.log(
    `\nload average ${loadavg()[0]!.toFixed(1)} at the end, after ${((performance.now() - startedAtMs) / 1000).toFixed(0)} s`,
  )
}

/**
 * Added latency is the difference to the direct call of the same round. Medians, and beside them the least of all
 * rounds, which is what neighbours on the machine have disturbed least.
 */
function report(samples: Map<Candidate, Sample[]>, stream: boolean): string {
  const latencyOf = (sample: Sample) => (stream ? sample.firstByte : sample.latency)
  const [direct = []] = samples.values()
  const rows = [...samples].map(([{ name }, own]) => {
    const values = (value: (sample: Sample, round: number) => number | undefined) =>
      own.map(value).filter((one) => one !== undefined)
    const added = (quantile: keyof Quantiles) =>
      own === direct
        ? []
        : values((sample, round) => latencyOf(sample)[quantile] - latencyOf(direct[round]!)[quantile])
    const rates = values(({ requests, elapsedMs }) => requests / (elapsedMs / 1000))
    const cpu = values((sample) => sample.cpuMicros)
    return [
      name,
      fixed(median(rates), 0),
      fixed(median(values((sample) => latencyOf(sample).p50Ms)), 2),
      fixed(median(added('p50Ms')), 2),
      fixed(least(added('p50Ms')), 2),
      fixed(median(values((sample) => latencyOf(sample).p99Ms)), 2),
      fixed(median(added('p99Ms')), 2),
      fixed(median(cpu), 0),
      fixed(least(cpu), 0),
      fixed(median(values((sample) => sample.mainThreadMicros)), 0),
    ]
  })
  const head = ['', 'req/s', 'p50 ms', 'added', 'least', 'p99 ms', 'added', 'CPU µs', 'least', 'main thread']
  return table(head, rows)
}

function least(values: number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values)
}

/** What each process holds at the end, and whether it recorded two events of every exchange. */
async function inventory(
  candidates: Candidate[],
  sent: Map<string, number>,
  failures: Map<string, number>,
): Promise<string> {
  const processes = candidates.filter(
    ({ url }, index) => candidates.findIndex((other) => other.url === url) === index,
  )
  const rows = await Promise.all(
    processes.map(async (candidate) => {
      const { residentBytes } = (candidate.pid !== undefined && usageOf(candidate.pid)) || {}
      return [
        candidate.name,
        sent.get(candidate.url),
        failures.get(candidate.url),
        candidate.records ? (await recordedBy(candidate)).appended : undefined,
        fixed(residentBytes && residentBytes / 1024 / 1024, 0),
      ]
    }),
  )
  return table(['', 'exchanges', 'failed', 'events', 'resident MiB'], rows)
}

await bench()
