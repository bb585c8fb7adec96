import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { installPythonJudges } from './python-judges.ts'

const directory = import.meta.dirname
const {
  values: { calls },
  positionals: selected,
} = parseArgs({ options: { calls: { type: 'string' } }, allowPositionals: true })
const limitMs = calls === undefined ? 900_000 : 24 * 3_600_000

installJudges()
const missing = installPythonJudges()
const files = globSync('*.test.ts', { cwd: directory })
  .filter((file) => selected.length === 0 || selected.some((name) => file.includes(name)))
  .sort()
  .map((file) => join(directory, file))
if (files.length === 0) {
  console.error(`No tests are named ${selected.join(', ')}: gateway, eras, judges, authorization, kills`)
  process.exit(1)
}
const runner = spawn(
  process.execPath,
  ['--test', '--test-force-exit', `--test-timeout=${limitMs}`, '--test-concurrency=2', ...files],
  {
    cwd: join(directory, '..', '..'),
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(missing !== undefined && { AIRS_MCP_PYTHON_MISSING: missing }),
      ...(calls !== undefined && { AIRS_TEST_MCP_CALLS: calls }),
    },
  },
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => runner.kill(signal))
runner.on('exit', (code) => {
  if (missing !== undefined) console.log(`PyPI's mcp was SKIPPED: ${missing}`)
  process.exit(code ?? 1)
})

/** Installs the packages of `package-lock.json` where that has changed. @throws when npm cannot. */
function installJudges(): void {
  const digest = createHash('sha256')
    .update(readFileSync(join(directory, 'package-lock.json')))
    .digest('hex')
  const stamp = join(directory, 'node_modules', '.installed')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  console.log('Installing clients and servers of others …')
  // Not `npm ci`: it insists on an optional package for Windows that no registry has.
  const { status, stderr } = spawnSync(
    'npm',
    ['install', '--no-save', '--ignore-scripts', '--loglevel=error'],
    {
      cwd: directory,
      encoding: 'utf8',
      timeout: 300_000,
    },
  )
  if (status !== 0) throw new Error(`npm install failed in ${directory}: ${stderr}`)
  writeFileSync(stamp, digest)
}
