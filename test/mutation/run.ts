import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

type Target = { mutate: string[]; tests: string[]; files: string[] }

/** What is changed, by which tests each change should be noticed, and what these need. */
const targets: Record<string, Target> = {
  log: {
    mutate: ['frontier', 'subtrees', 'proofs', 'tiles', 'checkpoint', 'note'].map(
      (name) => `libs/transparency-log/${name}.ts`,
    ),
    tests: ['libs/transparency-log/*.test.ts'],
    files: ['libs/transparency-log'],
  },
  journal: {
    mutate: ['frame', 'scan-segment', 'recover-epoch', 'epoch-reader', 'epoch-writer', 'batch'].map(
      (name) => `libs/journal/${name}.ts`,
    ),
    tests: [
      'frame',
      'scan-segment',
      'recover-epoch',
      'epoch-reader',
      'epoch-reader.property',
      'open-journal',
      'unavailable',
    ].map((name) => `libs/journal/${name}.test.ts`),
    files: ['libs/journal'],
  },
  guard: {
    mutate: [
      'libs/policy-engine/stream-guard.ts',
      'libs/policy-engine/stream-channel.ts',
      'libs/policy-engine/stream-hold.ts',
    ],
    tests: ['libs/policy-engine/stream-guard.test.ts'],
    files: ['libs/policy-engine'],
  },
}

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true, default: ['log'] },
    part: { type: 'string', default: '1/1' },
    help: { type: 'boolean', default: false },
  },
})
const names = values.target
const [part, parts] = values.part.split('/').map(Number) as [number, number]
/** Lines in a row that are changed, or passed over, where a part is asked for. */
const blockLines = 12
const unknown = names.find((name) => !Object.hasOwn(targets, name))
if (values.help || unknown !== undefined) {
  if (unknown !== undefined) console.error(`There is no target ${unknown}.`)
  console.log(`Changes the source, and counts the changes that no test notices.

  npm run test:mutation -- [--target NAME]… [--part 1/4]

  --target NAME  one of ${Object.keys(targets).join(', ')}; may be repeated (default log)
  --part 1/4     every fourth block of ${blockLines} lines, from the first on: a sample, where the whole takes too long`)
  process.exit(values.help ? 0 : 2)
}

const root = join(import.meta.dirname, '..', '..')
if (!existsSync(join(import.meta.dirname, 'node_modules')))
  must('npm', ['ci', '--ignore-scripts', '--loglevel=error'], import.meta.dirname)
for (const name of names) mutate(name, targets[name]!)

function mutate(name: string, { mutate, tests, files }: Target): void {
  const directory = makeTemporaryDirectory()
  const report = join(root, 'dist', 'mutation', `${name}.json`)
  mkdirSync(dirname(report), { recursive: true })
  const settings = {
    testRunner: 'tap',
    plugins: [
      join(import.meta.dirname, 'node_modules', '@stryker-mutator', 'tap-runner', 'dist', 'src', 'index.js'),
      join(import.meta.dirname, 'say-at-once.mjs'),
    ],
    tap: { testFiles: tests, nodeArgs: ['--test-reporter=tap', '-r', '{{hookFile}}', '{{testFile}}'] },
    coverageAnalysis: 'perTest',
    concurrency: availableParallelism(),
    timeoutMS: 15_000,
    mutate: mutate.flatMap(blocksOf),
    ignorePatterns: [
      '**',
      ...files.map((path) => `!${path}/**`),
      '!package.json',
      '!libs/events/**',
      '!libs/files/**',
      '!test/support/files-with.ts',
    ],
    tempDirName: directory.path,
    reporters: ['clear-text', 'json', 'say-at-once'],
    jsonReporter: { fileName: report },
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: true },
    allowEmpty: false,
    checkers: [],
  }
  const file = join(directory.path, 'stryker.config.json')
  writeFileSync(file, JSON.stringify(settings))
  try {
    must(join(import.meta.dirname, 'node_modules', '.bin', 'stryker'), ['run', file], root)
    console.log(describe(name, report))
  } finally {
    directory.remove()
    rmSync(join(root, 'reports'), { recursive: true, force: true })
  }
}

/** What Stryker is to change of a file: all of it, or the blocks of this part. */
function blocksOf(file: string): string[] {
  if (parts === 1) return [file]
  const lines = readFileSync(join(root, file), 'utf8').split('\n').length
  return Array.from({ length: Math.ceil(lines / blockLines) }, (_, block) => block)
    .filter((block) => block % parts === part - 1)
    .map((block) => `${file}:${block * blockLines + 1}-${(block + 1) * blockLines}`)
}

function describe(name: string, report: string): string {
  const { files } = JSON.parse(readFileSync(report, 'utf8')) as {
    files: Record<string, { mutants: { status: string }[] }>
  }
  const counts: Record<string, number> = {}
  for (const { mutants } of Object.values(files))
    for (const { status } of mutants) counts[status] = (counts[status] ?? 0) + 1
  const noticed = (counts.Killed ?? 0) + (counts.Timeout ?? 0)
  const missed = (counts.Survived ?? 0) + (counts.NoCoverage ?? 0)
  return `${name}: ${noticed} of ${noticed + missed} changes noticed (${((100 * noticed) / (noticed + missed)).toFixed(1)} %)`
}

function must(program: string, args: string[], cwd: string): void {
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` }
  const { status } = spawnSync(program, args, { cwd, env, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
