import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFreshness, staleAfterMs } from './freshness.ts'

test('what is in force is stale a bounded time after NATS was heard of, and fresh as soon as it is again', () => {
  let nowMs = 1_000_000
  const freshness = createFreshness(() => nowMs)
  nowMs += 10 * staleAfterMs
  assert.deepEqual([freshness.state(), freshness.ageMs()], ['never', undefined])
  freshness.heard()
  nowMs += staleAfterMs
  assert.equal(freshness.state(), 'fresh')
  nowMs += 1
  assert.deepEqual([freshness.state(), freshness.ageMs()], ['stale', staleAfterMs + 1])
  freshness.heard()
  assert.equal(freshness.state(), 'fresh')
})
