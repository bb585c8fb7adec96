import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { budgetPeriods, periodAt } from '@airs-cp/events'
import fc from 'fast-check'
import { createSpending } from './spending.ts'

const dayMs = 86_400_000
const start = Date.UTC(2026, 10, 30, 23, 59)
const key = (budgetPeriod: (typeof budgetPeriods)[number]) => ({ keyId: 'k', limits: { budgetPeriod } })

describe('what a key has spent', () => {
  test('in a period is at least what was charged in it and what was reported of it, and nothing of another period', () => {
    const step = fc.oneof(
      fc.record({ charge: fc.nat({ max: 100 }) }),
      fc.record({ report: fc.nat({ max: 500 }), ageDays: fc.nat({ max: 40 }) }),
      fc.record({ passMs: fc.nat({ max: 3 * dayMs }) }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...budgetPeriods), fc.array(step, { maxLength: 40 }), (period, steps) => {
        let nowMs = start
        const spending = createSpending(() => nowMs)
        let [sinceMs, charged, reported] = [periodAt(period, nowMs).sinceMs, 0, 0]
        for (const one of steps) {
          if ('passMs' in one) {
            nowMs += one.passMs
            const next = periodAt(period, nowMs).sinceMs
            if (next !== sinceMs) [sinceMs, charged, reported] = [next, 0, 0]
          } else if ('charge' in one) {
            spending.charge(key(period), one.charge)
            charged += one.charge
          } else {
            const of = periodAt(period, nowMs - one.ageDays * dayMs).sinceMs
            spending.report('k', { usdMicros: one.report, period, sinceMs: of })
            if (of === sinceMs) reported = Math.max(reported, one.report)
          }
          const spent = spending.of(key(period))
          assert.ok(spent >= Math.max(charged, reported) && spent <= charged + reported)
        }
      }),
    )
  })

  test('follows the period of the budget when it is changed', () => {
    const spending = createSpending(() => start)
    spending.report('k', { usdMicros: 70, period: 'total', sinceMs: 0 })
    assert.equal(spending.of(key('total')), 70)
    const { sinceMs } = periodAt('month', start)
    spending.report('k', { usdMicros: 20, period: 'month', sinceMs })
    assert.equal(spending.of(key('month')), 20)
    spending.report('k', { usdMicros: 90, period: 'total', sinceMs: 0 })
    assert.equal(spending.of(key('total')), 90)
  })
})
