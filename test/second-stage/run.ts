import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
const modules = join(root, 'infra', 'second-stage')

installRuntime()
const runner = spawn(
  process.execPath,
  [
    ...['--test', '--test-force-exit', '--test-timeout=110000', '--test-concurrency=1'],
    join(import.meta.dirname, 'second-stage.test.ts'),
    join(import.meta.dirname, 'stack.test.ts'),
  ],
  { cwd: root, stdio: 'inherit' },
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => runner.kill(signal))
runner.on('exit', (code) => process.exit(code ?? 1))

/** As docs/second-stage.md says, where its lock file has changed. @throws when npm cannot. */
function installRuntime(): void {
  const digest = createHash('sha256')
    .update(readFileSync(join(modules, 'package-lock.json')))
    .digest('hex')
  const stamp = join(modules, 'node_modules', '.installed')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  console.log('Installing what runs the second stage …')
  const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], {
    cwd: modules,
    encoding: 'utf8',
    timeout: 100_000,
  })
  if (status !== 0) throw new Error(`npm ci failed in ${modules}: ${stderr}`)
  writeFileSync(stamp, digest)
}
