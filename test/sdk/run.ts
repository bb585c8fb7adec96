import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { preparePython } from './python-environment.ts'
import { prepareTypeScript } from './typescript-environment.ts'

/** Of one test. Nothing here takes long; what hangs is reported by name. */
const limitMs = 300_000

const python = preparePython()
const typescript = await prepareTypeScript()
const selected = process.argv.slice(2)
const files = globSync('*.test.ts', { cwd: import.meta.dirname })
  .filter((file) => selected.length === 0 || selected.some((name) => file.includes(name)))
  .sort()
  .map((file) => join(import.meta.dirname, file))
if (files.length === 0) {
  console.error(`No tests are named ${selected.join(', ')}: contract, leaving, python, …`)
  process.exit(1)
}
/** All files in one process, so that they share one stack. */
const runner = spawn(
  process.execPath,
  ['--test', '--test-isolation=none', '--test-force-exit', `--test-timeout=${limitMs}`, ...files],
  {
    cwd: join(import.meta.dirname, '..', '..'),
    stdio: 'inherit',
    env: {
      ...process.env,
      AIRS_SDK_PYTHON: JSON.stringify(python),
      AIRS_SDK_TYPESCRIPT: JSON.stringify(typescript),
    },
  },
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => runner.kill(signal))
runner.on('exit', (code) => {
  if ('missing' in python) console.log(`The Python SDK was SKIPPED: ${python.missing}`)
  process.exit(code ?? 1)
})
