import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { fixed, table } from '../support/table.ts'
import { startCandidates } from './proxy/candidates.ts'
import { measure, type Sample, type Scenario } from './proxy/measure.ts'
import { median } from './proxy/median.ts'
import { prepare } from './proxy/prepare.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    'per-second': { type: 'string', default: '300' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(`Latency of the ingress at a calm rate over a long time, with all shipped policies enforcing: 10 seconds of load in turns with
a direct call, so that each is idle for as long before it is asked again. The aims: p99 at most 4 ms over the direct call, nothing over 25 ms.
  --minutes N     of load on each; default 10
  --per-second N  requests of 2 KB on ten connections; default 300`)
  process.exit(0)
}

const seconds = 10
const rounds = Math.ceil((Number(values.minutes) * 60) / seconds)
const lateMs = 25
const scenario: Scenario = { connections: 10, seconds, perSecond: Number(values['per-second']), lateMs }

await using stack = new AsyncDisposableStack()
const { directory, cores, start } = prepare(stack)
const { port } = await (await start('proxy/upstream.ts')).message<{ port: number }>()
const load = await start('proxy/load.ts')
const candidates = await startCandidates({
  directory: directory.path,
  upstream: `http://127.0.0.1:${port}`,
  cores,
  only: ['strict + library'],
  stack,
})
for (const candidate of candidates)
  await measure(load, candidate, { connections: 10, seconds: 25, maxRequests: 25_000 })
const samples = candidates.map(() => [] as Sample[])
for (let round = 0; round < rounds; round++)
  for (const [index, candidate] of candidates.entries())
    samples[index]!.push(await measure(load, candidate, scenario))

const failures = samples.flat().reduce((sum, sample) => sum + sample.failures, 0)
if (failures > 0) throw new Error(`${failures} requests failed`)
const [direct] = samples as [Sample[], ...Sample[][]]
const rows = candidates.map(({ name }, index) => {
  const latencies = samples[index]!.map(({ latency }) => latency)
  const added = (of: 'p50Ms' | 'p99Ms') =>
    index === 0 ? undefined : median(latencies.map((one, round) => one[of] - direct[round]!.latency[of]))
  return [
    name,
    String(samples[index]!.reduce((sum, sample) => sum + sample.requests, 0)),
    fixed(median(latencies.map(({ p50Ms }) => p50Ms)), 2),
    fixed(added('p50Ms'), 2),
    fixed(median(latencies.map(({ p99Ms }) => p99Ms)), 2),
    fixed(added('p99Ms'), 2),
    fixed(Math.max(...latencies.map(({ p99Ms }) => p99Ms)), 2),
    fixed(Math.max(...latencies.map(({ mostMs }) => mostMs)), 1),
    String(samples[index]!.reduce((sum, sample) => sum + sample.latency.late, 0)),
  ]
})
const head = [
  '',
  'requests',
  'p50 ms',
  'added',
  'p99 ms',
  'added',
  'worst round',
  'most ms',
  `over ${lateMs} ms`,
]
console.log(
  `${values['per-second']} requests/s, ${seconds} s of each in turns; medians of ${rounds} rounds\n\n${table(head, rows)}`,
)
console.log(`\nload average ${loadavg()[0]!.toFixed(1)}`)
await stack.disposeAsync()
process.exit()
