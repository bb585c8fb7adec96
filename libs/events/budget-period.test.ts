import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { budgetPeriods, periodAt } from './budget-period.ts'

const instant = fc.integer({ min: 0, max: Date.UTC(2100, 0) })

test('an instant lies in exactly one period, and periods follow each other without a gap', () => {
  fc.assert(
    fc.property(fc.constantFrom(...budgetPeriods), instant, instant, (period, atMs, otherMs) => {
      const { sinceMs, untilMs } = periodAt(period, atMs)
      assert.ok(sinceMs <= atMs && atMs < untilMs)
      assert.equal(periodAt(period, otherMs).sinceMs === sinceMs, otherMs >= sinceMs && otherMs < untilMs)
      if (Number.isFinite(untilMs)) assert.equal(periodAt(period, untilMs).sinceMs, untilMs)
    }),
  )
})

test('days, weeks and months begin at midnight in UTC, weeks on Monday and months on the first', () => {
  fc.assert(
    fc.property(fc.constantFrom('day', 'week', 'month'), instant, (period, atMs) => {
      const since = new Date(periodAt(period, atMs).sinceMs)
      assert.match(since.toISOString(), /T00:00:00\.000Z$/)
      if (period === 'week') assert.equal(since.getUTCDay(), 1)
      if (period === 'month') assert.equal(since.getUTCDate(), 1)
    }),
  )
})
