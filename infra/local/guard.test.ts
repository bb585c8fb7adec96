import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { commandLine } from './command-line.ts'
import { poll } from './poll.ts'

const guardModule = join(import.meta.dirname, 'guard.ts')

test('a guarded process is stopped when its guardian is killed', async () => {
  const { guardian, pid } = await startGuardian('')
  guardian.kill('SIGKILL')
  await poll(() => commandLine(pid) === undefined || undefined, {
    limitMs: 30_000,
    late: () => 'it lives on',
  })
})

test('a released process lives on, and the guard ends', async () => {
  const { guardian, pid } = await startGuardian('release()')
  await once(guardian, 'exit')
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.match(commandLine(pid) ?? '', /sleep/)
  process.kill(pid, 'SIGKILL')
})

/** A process that guards a `sleep`, whose process id it prints. */
async function startGuardian(then: string) {
  const script = `
    import { spawn } from 'node:child_process'
    import { guard } from '${guardModule}'
    const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
    const release = guard(child.pid, 'SIGTERM')
    child.unref()
    console.log(child.pid)
    ${then || 'setInterval(() => {}, 1000)'}
  `
  const guardian = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(guardian.stdout, 'data')
  return { guardian, pid: Number(String(line)) }
}
