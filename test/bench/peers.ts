import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { folderOf, peers } from './proxy/peers.ts'

const { values } = parseArgs({
  options: {
    in: { type: 'string' },
    rows: { type: 'string' },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(`The ingress beside other gateways, in one run: each forwards the same requests to the same provider.
They are installed from npm, PyPI and the Go module proxy; one whose registry or compiler is missing is left out.
  --in DIR      where they are installed, and stay; default: a folder that is removed at the end
  --seconds S   of each measurement; default 3
  --rounds N    of each lane; default 3
  --rows FILE   appends each measurement to FILE, a line of JSON each`)
  process.exit(0)
}

const temporary = makeTemporaryDirectory()
const directory = values.in ?? temporary.path
const rowsPath = values.rows ?? join(temporary.path, 'rows.jsonl')

const versions = peers.flatMap((peer) => {
  const folder = folderOf(directory, peer)
  mkdirSync(folder, { recursive: true })
  try {
    if (!peer.isInstalled(folder)) peer.install(folder)
    return [`${peer.name} ${peer.version(folder)}`]
  } catch (error) {
    console.log(`${peer.name} is left out: ${(error as Error).message.split('\n', 1)[0]}`)
    return []
  }
})
console.log(versions.join(', '))

const ours = ['bare proxy', 'recording off', 'strict', 'strict + library']
const names = [...ours, ...peers.flatMap(({ starts }) => Object.keys(starts))]
const options = ['--only', 'busy,calm,tokens', '--seconds', values.seconds, '--rounds', values.rounds]
const bench = spawn(
  process.execPath,
  [
    join(import.meta.dirname, 'proxy.ts'),
    ...options,
    '--of',
    names.join(','),
    '--peers',
    directory,
    '--rows',
    rowsPath,
  ],
  { stdio: 'inherit' },
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => bench.kill(signal))
const [code] = (await once(bench, 'exit')) as [number | null]
if (code !== 0) process.exit(code ?? 1)

type Row = {
  lane: string
  candidate: string
  sent: number
  failures: number
  latency: { p50Ms: number }
  firstByte: { p50Ms: number }
  cpuMicros?: number
}
const rows = readFileSync(rowsPath, 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Row)

/** Where another gateway was better than our strict one, and by how much: this stands before everything else. */
const worse = ['busy', 'calm', 'tokens'].flatMap((lane) => {
  const of = (name: string, value: (row: Row) => number | undefined) =>
    median(
      rows
        .filter((row) => row.lane === lane && row.candidate === name && row.failures === 0)
        .map(value)
        .filter((one) => one !== undefined),
    )
  const measured: [string, (row: Row) => number | undefined, string][] = [
    ['CPU', ({ cpuMicros }) => cpuMicros, 'µs'],
    lane === 'tokens'
      ? ['first token', ({ firstByte }) => firstByte.p50Ms, 'ms']
      : ['p50', ({ latency }) => latency.p50Ms, 'ms'],
  ]
  return names
    .filter((name) => !ours.includes(name))
    .flatMap((name) =>
      measured.flatMap(([what, value, unit]) => {
        const [theirs, own] = [of(name, value), of('strict', value)]
        return theirs !== undefined && own !== undefined && theirs < own
          ? [`- ${lane}: ${name} needs ${shown(theirs, unit)} (${what}), strict ${shown(own, unit)}`]
          : []
      }),
    )
})

function shown(value: number, unit: string): string {
  return `${value.toFixed(unit === 'ms' ? 2 : 0)} ${unit}`
}

function median(values: number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

console.log(
  worse.length > 0
    ? `\nWhere another is better than strict:\n${worse.join('\n')}`
    : '\nNo other gateway was better than strict in CPU or p50.',
)
temporary.remove()
