import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { findUnitTests } from './unit-tests.ts'

const root = join(import.meta.dirname, '..')
const bin = (name: string) => join(root, 'node_modules', '.bin', name)
const unitTests = (shard: string): [file: string, args: string[]] => [
  process.execPath,
  ['--test', '--test-isolation=none', '--test-reporter=dot', `--test-shard=${shard}`, ...findUnitTests()],
]

type Check = [name: string, file: string, args: string[]]

/** What `npm run check` runs, the longest first; as many at once as the machine has processors. */
const checks: Check[] = [
  ['types', bin('tsc'), ['-p', '.', '--incremental', '--tsBuildInfoFile', 'node_modules/.cache/types.json']],
  ...[1, 2, 3, 4].map((part): Check => [`unit tests ${part} of 4`, ...unitTests(`${part}/4`)]),
  ['types of the console', process.execPath, ['services/console/web/build/check-types.ts']],
  ['lint and format', bin('biome'), ['check', '.']],
]

/** For who runs `npm test` as well. */
const withoutTests = process.argv.includes('--without-tests')

let failed = false
const waiting = checks.filter(([name]) => !withoutTests || !name.startsWith('unit tests'))
await Promise.all(
  Array.from({ length: Math.max(2, availableParallelism()) }, async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) await run(...check)
  }),
)
process.exit(failed ? 1 : 0)

/** Prints what it wrote when it has ended, so that several at once do not mix. */
async function run(name: string, file: string, args: string[]): Promise<void> {
  const began = performance.now()
  const compiled = join(root, 'node_modules', '.cache', 'compiled')
  const child = spawn(file, args, {
    cwd: root,
    env: { ...process.env, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || compiled },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const code = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      output += `${error.message}\n`
      resolve(1)
    })
    child.once('close', (code) => resolve(code ?? 1))
  })
  if (code !== 0) failed = true
  const seconds = ((performance.now() - began) / 1_000).toFixed(0)
  process.stdout.write(
    `== ${name}: ${code === 0 ? 'passed' : 'FAILED'} in ${seconds} s\n${output.trimEnd()}\n`,
  )
}
