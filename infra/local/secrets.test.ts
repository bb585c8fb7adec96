import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeTemporaryDirectory } from '../../test/support/temporary-directory.ts'
import { readSecrets } from './secrets.ts'

test('secrets are made once, kept, and readable for their owner alone', (t) => {
  const directory = makeTemporaryDirectory()
  t.after(directory.remove)
  const first = readSecrets(directory.path, ['airs_audit'], ['airs-audit'])
  const second = readSecrets(directory.path, ['airs_audit', 'airs_export'], ['airs-audit'])
  assert.equal(second.token, first.token)
  assert.equal(second.fingerprintKey, first.fingerprintKey)
  assert.equal(second.postgresPasswords.airs_audit, first.postgresPasswords.airs_audit)
  assert.match(second.postgresPasswords.airs_export!, /^[0-9a-f]{48}$/)
  assert.equal(readFileSync(join(directory.path, 'token'), 'utf8').trim(), first.token)
  for (const name of ['secrets.json', 'token'])
    assert.equal(statSync(join(directory.path, name)).mode & 0o777, 0o600)
})

test('a token from outside is used and left where the CLI looks, but not kept', (t) => {
  const directory = makeTemporaryDirectory()
  t.after(directory.remove)
  const own = readSecrets(directory.path, [], []).token
  assert.equal(readSecrets(directory.path, [], [], 'from-outside').token, 'from-outside')
  assert.equal(readFileSync(join(directory.path, 'token'), 'utf8').trim(), 'from-outside')
  assert.equal(readSecrets(directory.path, [], []).token, own)
})

test('a damaged file is refused, not replaced', (t) => {
  const directory = makeTemporaryDirectory()
  t.after(directory.remove)
  writeFileSync(join(directory.path, 'secrets.json'), '{')
  assert.throws(() => readSecrets(directory.path, [], []), { name: 'StartError', message: /is not JSON/ })
})
