import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { prepareTools } from './tools.ts'

/** Generated requests are bounded by themselves; this ends what hangs. */
const limitMs = 600_000

const tools = prepareTools()
const runner = spawn(
  process.execPath,
  ['--test', '--test-force-exit', `--test-timeout=${limitMs}`, join(import.meta.dirname, 'contract.test.ts')],
  { stdio: 'inherit', env: { ...process.env, AIRS_API_TOOLS: tools } },
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => runner.kill(signal))
runner.on('exit', (code) => process.exit(code ?? 1))
