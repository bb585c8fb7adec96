import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeTemporaryDirectory } from '../../test/support/temporary-directory.ts'
import { lockDataDirectory } from './lock.ts'

test('a second holder learns who the first is', (t) => {
  const directory = makeTemporaryDirectory()
  t.after(directory.remove)
  const lock = lockDataDirectory(directory.path)
  lock.announce('http://localhost:8090')
  assert.throws(() => lockDataDirectory(directory.path), {
    name: 'StartError',
    message: new RegExp(`already running.*pid ${process.pid}, http://localhost:8090`),
  })
  lock.release()
  lockDataDirectory(directory.path).release()
})

test('a holder that was killed leaves no lock behind', async (t) => {
  const directory = makeTemporaryDirectory()
  t.after(directory.remove)
  const script = `
    import { lockDataDirectory } from '${join(import.meta.dirname, 'lock.ts')}'
    lockDataDirectory('${directory.path}')
    console.log('locked')
    setInterval(() => {}, 1000)
  `
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  assert.throws(() => lockDataDirectory(directory.path), {
    message: new RegExp(`pid ${holder.pid}, just starting`),
  })
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  lockDataDirectory(directory.path).release()
})
