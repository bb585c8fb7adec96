import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasOwnLogin, presentedKey } from './own-login.ts'

const key = `airs-${'a'.repeat(32)}`
const rows: [headers: Record<string, string>, presented: string | undefined, own: boolean][] = [
  [{}, undefined, false],
  [{ authorization: 'Bearer sk-1' }, 'sk-1', false],
  [{ 'x-airs-key': key }, key, false],
  [{ 'x-airs-key': key, authorization: 'Bearer sk-ant-oat01-x' }, key, true],
  [{ 'x-airs-key': key, 'x-goog-api-key': 'AIza1' }, key, true],
  [{ 'x-airs-key': key, authorization: `Bearer ${key}` }, key, false],
  [{ 'x-airs-key': key, authorization: `Bearer airs-${'b'.repeat(32)}` }, key, false],
  [{ 'x-airs-key': '', authorization: 'Bearer sk-1' }, 'sk-1', false],
]
for (const [headers, presented, own] of rows)
  test(`${JSON.stringify(headers)} ${own ? 'has a login of its own' : 'has one credential'}`, () => {
    assert.equal(presentedKey(headers), presented)
    assert.equal(hasOwnLogin(headers), own)
  })
