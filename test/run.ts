import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { findTests, findUnitTests } from './unit-tests.ts'

/** What `npm test` runs, by the name that selects it. Conformance, faults and benchmarks have commands of their own. */
const suites: Record<string, () => string[]> = {
  unit: findUnitTests,
  integration: () =>
    ['test/*.test.ts', 'test/integration/**/*.test.ts', 'test/support/**/*.test.ts'].flatMap(findTests),
  'end-to-end': () => findTests('test/end-to-end/**/*.test.ts'),
}
/** Run by their name only, each by a command of its own. */
const slowSuites: Record<string, () => string[]> = {
  operations: () => findTests('test/operations/**/*.test.ts'),
}
/** Of one test, on a machine that is slow and busy; what hangs is reported by name. */
const limitMs = 300_000
const root = join(import.meta.dirname, '..')

const selected = process.argv.slice(2)
const wanted = selected.length === 0 ? Object.keys(suites) : selected
const unitFiles = wanted.includes('unit') ? findUnitTests() : []
const otherFiles = selectFiles(wanted.filter((name) => name !== 'unit'))
if (unitFiles.length + otherFiles.length === 0) {
  console.error(`No tests in ${selected.join(', ')}: name a file, a folder, or one of ${names()}.`)
  process.exit(1)
}
/** Stacks read the same modules again and again. */
const compiled = join(root, 'node_modules', '.cache', 'compiled')
const env = {
  ...process.env,
  FORCE_COLOR: process.env.FORCE_COLOR ?? (process.stdout.isTTY ? '1' : undefined),
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || compiled,
}
const runners = new Set<ChildProcess>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    for (const runner of runners) runner.kill(signal)
  })

const began = performance.now()
// Tests that start servers wait much of their time: unit tests fill it. What prints at its end comes last.
const runs = [
  ...(otherFiles.length === 0 ? [] : [run(['--test-concurrency=3', ...otherFiles], 'at once')]),
  ...(unitFiles.length === 0
    ? []
    : [run(['--test-isolation=none', ...unitFiles], otherFiles.length === 0 ? 'at once' : 'at its end')]),
]
const results = await Promise.all(runs)
if (results.length > 1) printTotals(results)
process.exit(results.every(({ code }) => code === 0) ? 0 : 1)

type Result = { code: number; output: string }

/** Runs tests in a runner of their own. Two at once print one after the other. */
function run(args: string[], prints: 'at once' | 'at its end'): Promise<Result> {
  const runner = spawn(
    process.execPath,
    ['--test', `--test-timeout=${limitMs}`, '--test-force-exit', '--test-reporter=spec', ...args],
    { cwd: root, stdio: ['inherit', 'pipe', 'inherit'], env },
  )
  runners.add(runner)
  let output = ''
  runner.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (prints === 'at once') process.stdout.write(text)
  })
  return new Promise((resolve) =>
    runner.on('close', (code) => {
      runners.delete(runner)
      if (prints === 'at its end') process.stdout.write(output)
      resolve({ code: code ?? 1, output })
    }),
  )
}

/** As a runner prints them, of all together. */
function printTotals(results: Result[]): void {
  const total = (name: string) =>
    results.reduce((sum, { output }) => {
      const counts = [...stripVTControlCharacters(output).matchAll(new RegExp(`^ℹ ${name} (\\d+)$`, 'gm'))]
      return sum + Number(counts.at(-1)?.[1] ?? 0)
    }, 0)
  console.log('\nAll together:')
  for (const name of ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo'])
    console.log(`ℹ ${name} ${total(name)}`)
  console.log(`ℹ duration_ms ${Math.round(performance.now() - began)}`)
}

function selectFiles(names: string[]): string[] {
  return names.flatMap(
    (name) => (suites[name] ?? slowSuites[name])?.() ?? [name, `${name}/**/*.test.ts`].flatMap(findTests),
  )
}

function names(): string {
  return Object.keys({ ...suites, ...slowSuites }).join(', ')
}
