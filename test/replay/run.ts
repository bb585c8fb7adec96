import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { installJavaScriptClients } from '../conformance/install-clients.ts'

/** Of the whole corpus. */
const limitMs = 300_000

installJavaScriptClients()
const runner = spawn(
  process.execPath,
  ['--test', '--test-force-exit', `--test-timeout=${limitMs}`, join(import.meta.dirname, 'replay.test.ts')],
  { cwd: join(import.meta.dirname, '..', '..'), stdio: 'inherit' },
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => runner.kill(signal))
runner.on('exit', (code) => process.exit(code ?? 1))
