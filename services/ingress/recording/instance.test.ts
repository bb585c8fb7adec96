import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeTemporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { nameInstance } from './instance.ts'

test('a process is found by the next one from its announcement on, with all whose end nobody has recorded', async (t) => {
  const { path, remove } = makeTemporaryDirectory()
  t.after(remove)
  const file = join(path, 'data', 'instance')
  const first = await nameInstance(file)
  assert.deepEqual(first.ended, [])
  await first.announce()
  await first.remember()
  const second = await nameInstance(file)
  assert.deepEqual(second.ended, [first.source])
  await second.announce()
  const third = await nameInstance(file)
  assert.deepEqual(third.ended, [second.source, first.source])
  await third.announce()
  await third.remember()
  assert.deepEqual((await nameInstance(file)).ended, [third.source])
})
