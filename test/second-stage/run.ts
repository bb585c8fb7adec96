import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { installModules } from '../support/install-modules.ts'

installModules('infra/second-stage')
const runner = spawn(
  process.execPath,
  [
    ...['--test', '--test-force-exit', '--test-timeout=300000', '--test-concurrency=1'],
    join(import.meta.dirname, 'second-stage.test.ts'),
    join(import.meta.dirname, 'stack.test.ts'),
  ],
  { cwd: join(import.meta.dirname, '..', '..'), stdio: 'inherit' },
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => runner.kill(signal))
runner.on('exit', (code) => process.exit(code ?? 1))
