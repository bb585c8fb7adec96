import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { installJavaScriptClients, installPythonClients } from './install-clients.ts'

/** Of one test. Nothing here takes long; what hangs is reported by name. */
const limitMs = 300_000

installJavaScriptClients()
const python = installPythonClients()
const selected = process.argv.slice(2)
const files = globSync('*.test.ts', { cwd: import.meta.dirname })
  .filter((file) => selected.length === 0 || selected.some((name) => file.includes(name)))
  .sort()
  .map((file) => join(import.meta.dirname, file))
if (files.length === 0) {
  console.error(`No tests are named ${selected.join(', ')}: openai, anthropic, ai-sdk, langchain, python, …`)
  process.exit(1)
}
/** All files in one process, so that they share one stack. */
const runner = spawn(
  process.execPath,
  ['--test', '--test-isolation=none', '--test-force-exit', `--test-timeout=${limitMs}`, ...files],
  {
    cwd: join(import.meta.dirname, '..', '..'),
    stdio: 'inherit',
    env: { ...process.env, ...('path' in python && { AIRS_CONFORMANCE_PYTHON: python.path }) },
  },
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => runner.kill(signal))
runner.on('exit', (code) => {
  if ('missing' in python) console.log(`The Python clients were skipped: ${python.missing}`)
  process.exit(code ?? 1)
})
