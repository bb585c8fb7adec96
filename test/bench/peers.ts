import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { repositoryRoot } from '../../infra/local/data-directory.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { folderOf, peers } from './proxy/peers.ts'

const { values } = parseArgs({
  options: {
    in: { type: 'string' },
    rows: { type: 'string' },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(`The ingress beside other gateways, in one run: each forwards the same requests to the same provider.
They are installed from npm, PyPI and the Go module proxy; one whose registry or compiler is missing is left out.
  --in DIR      where they are installed, and stay; default: a folder that is removed at the end
  --seconds S   of each measurement; default 3
  --rounds N    of each lane; default 3
  --rows FILE   appends each measurement to FILE, a line of JSON each
  --write       puts the result into docs/benchmarks.md`)
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
  { stdio: ['ignore', 'pipe', 'inherit'] },
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => bench.kill(signal))
let output = ''
bench.stdout.setEncoding('utf8').on('data', (text: string) => {
  output += text
  process.stdout.write(text)
})
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
          ? [`- ${lane}: ${name} needs ${shown(theirs, unit)} (${what}), \`strict\` ${shown(own, unit)}`]
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

const git = (...args: string[]) => execFileSync('git', args, { cwd: repositoryRoot, encoding: 'utf8' }).trim()
const section = [
  `Commit ${git('rev-parse', '--short', 'HEAD')}, ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Node ${process.versions.node}; ${versions.join(', ')}.`,
  'A provider that responds at once; the gateway pinned to one core. `strict` and `strict + library` (every shipped policy enforcing) have each exchange',
  'on disk before it goes on; the log of `LiteLLM + log` is a file that is written after the response and not synced; the others record nothing.',
  '',
  worse.length > 0
    ? 'Where another is better than `strict`:'
    : 'No other gateway was better than `strict` in CPU or p50.',
  '',
  ...worse,
  '',
  '```text',
  output.trim(),
  '```',
].join('\n')
console.log(`\n${worse.join('\n')}`)
if (values.write) {
  const path = join(repositoryRoot, 'docs/benchmarks.md')
  const text = readFileSync(path, 'utf8')
  const [begin, end] = ['<!-- written by npm run bench -- peers --write -->', '<!-- end -->']
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${path} has no place for it: ${begin} … ${end}`)
  writeFileSync(path, `${text.slice(0, from)}${begin}\n\n${section}\n\n${text.slice(to)}`)
  console.log(`written to ${path}`)
}
temporary.remove()
