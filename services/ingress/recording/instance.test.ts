import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeTemporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { nameInstance } from './instance.ts'

test('a process is found by the next one from its announcement on, with all whose end nobody has recorded', async (t) => {
  const { path, remove } = makeTemporaryDirectory()
  t.after(remove)
  const file = join(path, 'data', 'instance')
  const first = nameInstance(file)
  await first.announce()
  assert.deepEqual(first.ended, [])
  await first.remember()
  const second = nameInstance(file)
  await second.announce()
  assert.deepEqual(second.ended, [first.source])
  const third = nameInstance(file)
  await third.announce()
  await third.announce()
  assert.deepEqual(third.ended, [second.source, first.source])
  await third.remember()
  const fourth = nameInstance(file)
  await fourth.announce()
  assert.deepEqual(fourth.ended, [third.source])
})
