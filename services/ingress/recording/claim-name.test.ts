import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeTemporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { claimName } from './claim-name.ts'

test('a data directory belongs to the first ingress that starts with it', async (t) => {
  const { path, remove } = makeTemporaryDirectory()
  t.after(remove)
  const file = join(path, 'ingress', 'name')
  await claimName(file, 'ingress-east')
  await claimName(file, 'ingress-east')
  await assert.rejects(claimName(file, 'ingress-west'), /journals of the ingress "ingress-east"/)
  await claimName(file, 'ingress-east')
})
