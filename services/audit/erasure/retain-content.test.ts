import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { lastDayOver } from './retain-content.ts'

test('content is kept for whole days, never for less than was asked for, and for less than a day more', () => {
  const dayMs = 86_400_000
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 2e12, max: 4e12 }), (days, now) => {
      const until = lastDayOver(days, now)
      assert.equal(until.getTime() % dayMs, 0)
      const keptMs = now - until.getTime()
      assert.ok(keptMs >= days * dayMs && keptMs < (days + 1) * dayMs)
    }),
  )
})
