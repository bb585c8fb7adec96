import { spawn } from 'node:child_process'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { commandOf, placeOfRun, placesOfRuns, recordRun } from './record-run.ts'

/** What `npm run bench -- NAME` runs; what follows the name is passed on. */
const benches: Record<string, string> = {
  proxy:
    'latency, requests/s and CPU of the ingress beside a direct call, recording off to strict with policies',
  peers: 'the same beside other gateways, which it installs from npm, PyPI and the Go module proxy',
  mcp: 'latency that the MCP gateway adds to a call of a tool, beside a direct call',
  pauses: 'latency at a calm rate over ten minutes with pauses, beside a direct call',
  stalls: 'for how long a large body holds the event loop of the ingress at most, by kind',
  stack: 'memory and CPU of every process of the whole stack',
  recording: 'CPU of building, writing and shipping the two events of an exchange, by thread',
  conversation:
    "bytes by store of an agent's session of 200 requests, and time of recording its first and last ones",
  journal: 'appends with their syncs, and shipping to JetStream',
  export: 'events/s and memory of an export of two million events (about five minutes)',
  archive: 'bytes of an event as Parquet and in Postgres, CPU of writing it, and a query',
  log: 'CPU and bytes of the transparency log, of exports with proof, and of verifying them',
  projections: 'events/s of lineage beside audit, from JetStream into Postgres',
  search: 'milliseconds of a page of search, in a store that it fills (--events 1000000)',
  pages:
    'milliseconds of what each page of the console asks for, in a store that it fills (--events 1000000)',
  drop: 'time to drop a day of events, and of proofs before and after, in a store that it fills (--events 1000000)',
  'hot-path': 'bytes and CPU of the pure parts of the hot path, beside what they were (--check, --write)',
  policies: 'CPU of deciding on requests with the library of policies, earlier turns known and unknown',
  detectors: 'CPU of the built-in detectors on ordinary and adversarial text',
  backtest: 'exchanges a second that a policy is judged on again',
  'policy-change': 'milliseconds from a change of policy or mode until every ingress decides by it',
  sdk: 'CPU that the SDKs add to a call of the clients that they wrap',
  'first-response': 'seconds from git clone to the first response',
}

const [name, ...given] = process.argv.slice(2)
if (name === undefined || !(name in benches)) {
  const width = Math.max(...Object.keys(benches).map((key) => key.length))
  const lines = Object.entries(benches).map(([key, what]) => `  ${key.padEnd(width)}  ${what}`)
  if (name !== undefined) console.error(`There is no benchmark ${name}.`)
  console.log(
    [
      'npm run bench -- NAME [options] [--record], with NAME one of',
      ...['', ...lines, ''],
      '--record puts what the run prints into docs/benchmarks.md, in place of the run before. It has places for these:',
      ...placesOfRuns().map(({ name, options }) => `  ${commandOf(name, options)}`),
    ].join('\n'),
  )
  process.exit(name === undefined ? 0 : 1)
}
const args = given.filter((option) => option !== '--record')
const isRecorded = args.length < given.length
if (isRecorded)
  try {
    placeOfRun(name, args)
  } catch (error) {
    console.error((error as Error).message)
    process.exit(2)
  }
const loadBefore = loadavg()[0]!
const bench = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`), ...args], {
  stdio: ['inherit', 'pipe', 'inherit'],
})
let output = ''
bench.stdout.setEncoding('utf8').on('data', (text: string) => {
  output += text
  process.stdout.write(text)
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => bench.kill(signal))
bench.on('close', (code) => {
  if (code === 0 && isRecorded) recordRun(name, args, { output, loadBefore })
  process.exitCode = code ?? 1
})
