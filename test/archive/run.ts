import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { installModules } from '../support/install-modules.ts'

installModules('infra/archive')
const runner = spawn(
  process.execPath,
  [
    ...['--test', '--test-force-exit', '--test-timeout=600000', '--test-concurrency=1'],
    ...['parquet', 'query', 'archive'].map((name) => join(import.meta.dirname, `${name}.test.ts`)),
  ],
  { cwd: join(import.meta.dirname, '..', '..'), stdio: 'inherit' },
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => runner.kill(signal))
runner.on('exit', (code) => process.exit(code ?? 1))
