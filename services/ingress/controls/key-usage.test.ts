import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createKeyUsage } from './key-usage.ts'
import { createSpending } from './spending.ts'

const reportEveryMs = 1_000

test('ingresses that report to each other admit the limit together, and what they admit between two reports', () => {
  const arrival = fc.record({ at: fc.nat({ max: 2 }), afterMs: fc.nat({ max: 400 }) })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.array(arrival, { maxLength: 300 }),
      (requestsPerMinute, arrivals) => {
        let nowMs = 0
        const key = { keyId: 'k', limits: { requestsPerMinute } }
        const ingresses = Array.from({ length: 3 }, () => createKeyUsage(createSpending(), () => nowMs))
        let [admitted, sinceReport, most, reportedAtMs] = [0, 0, 0, 0]
        for (const { at, afterMs } of arrivals) {
          nowMs += afterMs
          if (nowMs - reportedAtMs >= reportEveryMs) {
            for (const one of ingresses) {
              const { k: used } = one.take()
              if (used) for (const other of ingresses) if (other !== one) other.add(key, used)
            }
            most = Math.max(most, sinceReport)
            sinceReport = 0
            reportedAtMs = nowMs
          }
          if (ingresses[at]!.left(key).requests < 1) continue
          ingresses[at]!.use(key, { requests: 1 })
          admitted += 1
          sinceReport += 1
        }
        const allowed = requestsPerMinute * (1 + nowMs / 60_000)
        assert.ok(admitted <= allowed + Math.max(most, sinceReport), `${admitted} of ${allowed}`)
      },
    ),
  )
})

test('what others spent counts in a budget, and what was used here is reported once', () => {
  const usage = createKeyUsage(createSpending())
  const key = { keyId: 'k', limits: { budgetUsdMicros: 100, tokensPerMinute: 10 } }
  usage.use(key, { tokens: 4, usdMicros: 30 })
  usage.use(key, { tokens: 1, usdMicros: 10 })
  usage.add(key, { requests: 1, tokens: 20, usdMicros: 60 })
  assert.equal(usage.spentUsdMicros(key), 100)
  assert.ok(usage.left(key).tokens < 0)
  assert.deepEqual(usage.take(), { k: { requests: 0, tokens: 5, usdMicros: 40 } })
  assert.deepEqual(usage.take(), {})
})
