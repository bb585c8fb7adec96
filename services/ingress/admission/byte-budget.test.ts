import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type ByteLease, createByteBudget } from './byte-budget.ts'

describe('a budget of bytes', () => {
  test('never holds more than its limit, and strangers never more than their share', () => {
    const step = fc.record({
      lease: fc.nat(9),
      bytes: fc.nat(400),
      act: fc.constantFrom('hold', 'release', 'know'),
    })
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
        fc.array(step),
        (known, steps) => {
          const budget = createByteBudget(1_000, 250)
          const leases = known.map((isKnown) => ({ isKnown, held: 0, lease: budget.open(isKnown) }))
          for (const { lease: at, bytes, act } of steps) {
            const one = leases[at]!
            if (act === 'hold' && one.lease.hold(bytes)) one.held = bytes
            if (act === 'release') {
              one.lease.release()
              one.held = 0
            }
            if (act === 'know') {
              one.lease.know()
              one.isKnown = true
            }
            const sum = (some: typeof leases) => some.reduce((total, { held }) => total + held, 0)
            assert.equal(budget.usedBytes(), sum(leases))
            assert.ok(sum(leases) <= 1_000)
            assert.ok(sum(leases.filter(({ isKnown }) => !isKnown)) <= 250)
          }
        },
      ),
    )
  })

  test('strangers leave room for clients that are known', () => {
    const budget = createByteBudget(1_000, 250)
    const strangers: ByteLease[] = []
    for (;;) {
      const lease = budget.open(false)
      if (!lease.hold(50)) break
      strangers.push(lease)
    }
    assert.equal(strangers.length, 5)
    assert.equal(budget.open(true).hold(750), true)
  })
})
