import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cpuMicros } from '../../test/support/cpu-micros.ts'
import type { ThrottleRule } from './document.ts'
import { countLater, countOnce, createThrottle, type Throttle } from './throttle.ts'

const rule = { requests: 2, perSeconds: 60, by: 'key' } as const

/** One exchange, which nothing else refuses. */
function pass(throttle: Throttle, who: string, limit: ThrottleRule = rule): number | undefined {
  const wait = throttle.wait('p', limit, who)
  if (wait === undefined) throttle.count('p', limit, who)
  return wait
}

test('a window counts what is admitted, and slides', () => {
  let nowMs = 0
  const throttle = createThrottle(() => nowMs)
  const take = () => pass(throttle, 'a')
  assert.deepEqual([take(), take()], [undefined, undefined])
  assert.ok(take()! > 0)
  nowMs = 59_000
  assert.equal(take(), 1)
  nowMs = 60_000
  assert.equal(take(), undefined)
  assert.equal(pass(throttle, 'b'), undefined)
})

test('a refusal says when the next one passes, within the window, and no window has more than the limit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 100 }),
      fc.array(fc.nat({ max: 20_000 }), { maxLength: 100 }),
      (requests, perSeconds, gapsMs) => {
        let nowMs = 1_000
        const throttle = createThrottle(() => nowMs)
        const passed: number[] = []
        const take = () => {
          const wait = pass(throttle, 'a', { requests, perSeconds, by: 'key' })
          if (wait === undefined) passed.push(nowMs)
          return wait
        }
        for (const gapMs of gapsMs) {
          nowMs += gapMs
          const wait = take()
          if (wait !== undefined) {
            assert.ok(wait >= 1 && wait <= perSeconds, `${wait} of ${perSeconds}`)
            nowMs += wait * 1_000
            assert.equal(take(), undefined)
          }
          const since = nowMs - perSeconds * 1_000
          assert.ok(passed.filter((ms) => ms > since).length <= requests)
        }
      },
    ),
  )
})

test('many keys take bounded memory, and each no longer than the first ones', () => {
  const throttle = createThrottle(() => 0)
  let taken = 0
  /** The least of several rounds, which neighbours on the machine have disturbed least. */
  const microsOf = (keys: number) => {
    let least = Number.POSITIVE_INFINITY
    for (const until = taken + keys; taken < until; ) {
      const spent = cpuMicros(() => {
        for (let key = 0; key < 10_000; key++) pass(throttle, `key ${taken++}`)
      })
      least = Math.min(least, spent)
    }
    return least
  }
  const first = microsOf(90_000)
  const rest = microsOf(260_000)
  assert.ok(rest < 8 * first, `${rest} µs for 10,000 keys, of the first ${first}`)
  assert.ok(throttle.size() <= 200_000)
})

test('who is used is remembered among any number of others, a refusal being a use', () => {
  const throttle = createThrottle(() => 0)
  for (let other = 0; other < 300_000; other++) {
    if (other % 50_000 === 0) {
      const waits = pass(throttle, 'busy')
      assert.equal(waits === undefined, other < 100_000)
    }
    pass(throttle, `other ${other}`)
  }
})

test('over any window, several let through what the limit allows, and what the others did since their last report', () => {
  const reportMs = 250
  const arrival = fc.record({ gapMs: fc.nat({ max: 400 }), at: fc.nat({ max: 3 }) })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(arrival, { maxLength: 120 }),
      (ingresses, requests, perSeconds, arrivals) => {
        let nowMs = 0
        const throttles = Array.from({ length: ingresses }, () => createThrottle(() => nowMs))
        const limit = { requests, perSeconds, by: 'key' } as const
        const admitted: { ms: number; at: number }[] = []
        let reportedMs = 0
        const report = () => {
          const reports = throttles.map((throttle) => throttle.passed())
          for (const [to, throttle] of throttles.entries())
            for (const [from, passed] of reports.entries()) if (from !== to) throttle.add(passed)
        }
        for (const { gapMs, at } of arrivals) {
          nowMs += gapMs
          if (nowMs - reportedMs >= reportMs) {
            report()
            reportedMs = nowMs
          }
          const chosen = at % ingresses
          if (pass(throttles[chosen]!, 'a', limit) !== undefined) continue
          admitted.push({ ms: nowMs, at: chosen })
          // One bucket of time of what the sliding window estimates, and no more than each alone would admit.
          const inWindow = admitted.filter(
            ({ ms }) => Math.floor(ms / 1_000 / perSeconds) === Math.floor(nowMs / 1_000 / perSeconds),
          )
          const unreported = inWindow.filter(({ ms, at }) => ms >= reportedMs && at !== chosen)
          assert.ok(inWindow.length - unreported.length <= requests)
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('reports what it let through once, and of any number of callers no more than 10,000', () => {
  const throttle = createThrottle(() => 0)
  for (let count = 0; count < 3; count++) pass(throttle, 'a')
  assert.deepEqual(throttle.passed(), [['p 60 key a', 60, 2]])
  assert.deepEqual(throttle.passed(), [])
  for (let caller = 0; caller < 20_000; caller++) pass(throttle, `caller ${caller}`)
  assert.equal(throttle.passed().length, 10_000)
})

test('an exchange that is evaluated more than once counts once, and not before its last evaluation', () => {
  const throttle = createThrottle(() => 0)
  const provisional = countLater(throttle)
  const once = countOnce(throttle)
  assert.equal(provisional.wait('p', rule, 'a'), undefined)
  provisional.count('p', rule, 'a')
  assert.deepEqual(throttle.passed(), [])
  for (const limits of [once, once, once]) {
    assert.equal(limits.wait('p', rule, 'a'), undefined)
    limits.count('p', rule, 'a')
  }
  assert.deepEqual(throttle.passed(), [['p 60 key a', 60, 1]])
  provisional.settle()
  provisional.settle()
  assert.deepEqual(throttle.passed(), [['p 60 key a', 60, 1]])
  assert.equal(throttle.wait('p', rule, 'a'), 60)
})
