import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'

/** What `npm test` runs, by the name that selects it. Conformance, faults and benchmarks have commands of their own. */
const suites: Record<string, string[]> = {
  unit: ['libs/**/*.test.ts', 'services/**/*.test.ts', 'infra/**/*.test.ts'],
  integration: ['test/*.test.ts', 'test/integration/**/*.test.ts'],
  'end-to-end': ['test/end-to-end/**/*.test.ts'],
}
/** Of one test. Nothing here takes long; what hangs is told by name. */
const limitMs = 120_000
const root = join(import.meta.dirname, '..')

const files = selectFiles(process.argv.slice(2))
if (files.length === 0) {
  console.error(
    `No tests in ${process.argv.slice(2).join(', ')}: name a file, a folder, or one of ${names()}.`,
  )
  process.exit(1)
}
/** Tests start some thirty stacks of seven processes each, which all read the same modules. */
const compiled = join(root, 'node_modules', '.cache', 'compiled')
const env = { ...process.env, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || compiled }
const runner = spawn(
  process.execPath,
  ['--test', '--test-concurrency=2', `--test-timeout=${limitMs}`, '--test-force-exit', ...files],
  { cwd: root, stdio: 'inherit', env },
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => runner.kill(signal))
runner.on('exit', (code) => process.exit(code ?? 1))

function selectFiles(selected: string[]): string[] {
  const wanted = selected.length === 0 ? Object.keys(suites) : selected
  return wanted.flatMap((name) => suites[name] ?? [name, `${name}/**/*.test.ts`]).flatMap(findFiles)
}

function findFiles(pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: (path) => path.includes('node_modules') })
    .filter((path) => path.endsWith('.test.ts'))
    .sort()
}

function names(): string {
  return Object.keys(suites).join(', ')
}
