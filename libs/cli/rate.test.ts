import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measureRate } from './rate.ts'

test('a rate follows the last seconds and forgets what was before', () => {
  const rate = measureRate()
  assert.equal(rate(0, 0), undefined)
  assert.equal(rate(1_000, 1_000), 1_000)
  for (let second = 2; second <= 20; second++) rate(1_000 + second * 10, second * 1_000)
  assert.equal(rate(1_210, 21_000), 10)
})
