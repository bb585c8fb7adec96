import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openSession, type SessionState, sealSession } from './session-token.ts'

const key = 'a key of sixteen or more'
const state: SessionState = {
  ...{ server: 'files', caller: 'key:k1', session: 's1', client: '2025-06-18', upstream: '2025-11-25' },
  ...{ upstreamSession: 'u1', clientInfo: { name: 'x' }, clientCapabilities: { elicitation: {} } },
}

test('what is sealed can be opened with the key it was sealed with', () => {
  const id = sealSession(state, key)
  assert.match(id, /^[\x21-\x7e]+$/)
  assert.deepEqual(openSession(id, key), state)
  assert.equal(openSession(id, `${key}!`), undefined)
})

test('an id that was changed anywhere opens nothing', () => {
  const id = sealSession(state, key)
  fc.assert(
    fc.property(fc.nat(id.length - 1), fc.constantFrom('A', 'b', '0', '.', '-', ''), (at, other) => {
      const changed = id.slice(0, at) + other + id.slice(at + 1)
      if (changed !== id) assert.equal(openSession(changed, key), undefined)
    }),
  )
  fc.assert(fc.property(fc.string(), (junk) => assert.equal(openSession(junk, key), undefined)))
})

test('a client that has much to say of itself still gets an id that fits into a header', () => {
  const id = sealSession({ ...state, clientInfo: { name: 'x'.repeat(20_000) } }, key)
  assert.ok(id.length < 6_000)
  assert.equal(openSession(id, key)?.server, 'files')
})
