import assert from 'node:assert/strict'
import { test } from 'node:test'
import { running } from './running.ts'
import type { Running } from './service.ts'

/** Opens parts one after the other; closes of a part are written down in `closed`. */
async function start(parts: Record<string, 'sound' | 'fails to open' | 'fails to close'>, closed: string[]) {
  await using stack = new AsyncDisposableStack()
  for (const [name, kind] of Object.entries(parts)) {
    if (kind === 'fails to open') throw new Error(`${name} cannot be opened`)
    stack.defer(async () => {
      closed.push(name)
      if (kind === 'fails to close') throw new Error(`${name} is stuck`)
    })
  }
  return running(stack)
}

test('what was opened is closed in reverse order, once', async () => {
  const closed: string[] = []
  const started: Running = await start({ database: 'sound', server: 'sound' }, closed)
  assert.deepEqual(closed, [])
  await Promise.all([started.close(), started.close()])
  await started[Symbol.asyncDispose]()
  assert.deepEqual(closed, ['server', 'database'])
})

test('a start that fails closes what it had opened and throws its own error', async () => {
  const closed: string[] = []
  const failing = start({ database: 'sound', bus: 'sound', server: 'fails to open' }, closed)
  await assert.rejects(failing, { message: 'server cannot be opened' })
  assert.deepEqual(closed, ['bus', 'database'])
})

test('a part that cannot be closed keeps no other part open', async () => {
  const closed: string[] = []
  const started = await start({ database: 'sound', bus: 'fails to close', server: 'sound' }, closed)
  await assert.rejects(started.close(), { message: 'bus is stuck' })
  assert.deepEqual(closed, ['server', 'bus', 'database'])
})
