import assert from 'node:assert/strict'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeTemporaryDirectory } from '../../test/support/temporary-directory.ts'
import { makeDirectory } from './make-directory.ts'

test('makes all folders that lead to one, for their owner alone, and finds them the next time', async (t) => {
  const { path, remove } = makeTemporaryDirectory()
  t.after(remove)
  const directory = join(path, 'a', 'b', 'c')
  await Promise.all([makeDirectory(directory), makeDirectory(directory)])
  await makeDirectory(directory)
  for (const made of [directory, join(path, 'a')]) assert.equal(statSync(made).mode & 0o777, 0o700)
})

test('says what is in the way', async (t) => {
  const { path, remove } = makeTemporaryDirectory()
  t.after(remove)
  writeFileSync(join(path, 'file'), '')
  await assert.rejects(makeDirectory(join(path, 'file', 'below')), { code: 'ENOTDIR' })
})
