import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fixed, table } from '../support/table.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { startCandidates } from './proxy/candidates.ts'
import { startChild } from './proxy/child.ts'
import { findCores, moveTo } from './proxy/cores.ts'
import { measure, type Sample, type Scenario } from './proxy/measure.ts'
import { median } from './proxy/median.ts'

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
const scenario: Scenario = { connections: 10, seconds, perSecond: Number(values['per-second']) }
const lateMs = 25

await using stack = new AsyncDisposableStack()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stack.disposeAsync().then(() => process.exit(130)))
const directory = makeTemporaryDirectory()
stack.defer(() => directory.remove())
const cores = findCores(directory.path)
if (cores) moveTo(cores.others, process.pid)
const helper = async (name: string) => {
  const child = await startChild({
    args: [join(import.meta.dirname, 'proxy', `${name}.ts`)],
    env: process.env,
    logPath: join(directory.path, `${name}.log`),
  })
  stack.defer(() => child.stop())
  return child
}
const { port } = await (await helper('upstream')).message<{ port: number }>()
const load = await helper('load')
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
