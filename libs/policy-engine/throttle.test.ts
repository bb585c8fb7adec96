import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createThrottle } from './throttle.ts'

const rule = { requests: 2, perSeconds: 60, by: 'key' } as const

test('a window counts what is admitted, and slides', () => {
  let nowMs = 0
  const throttle = createThrottle(() => nowMs)
  const take = () => throttle.take('p', rule, 'a')
  assert.deepEqual([take(), take()], [undefined, undefined])
  assert.ok(take()! > 0)
  nowMs = 60_000
  assert.ok(take()! > 0)
  nowMs = 90_000
  assert.equal(take(), undefined)
  assert.equal(throttle.take('p', rule, 'b'), undefined)
})

test('many keys take bounded memory, and each no longer than the first ones', () => {
  const throttle = createThrottle(() => 0)
  let taken = 0
  /** The least of several rounds, which neighbours on the machine have disturbed least. */
  const microsOf = (keys: number) => {
    let least = Number.POSITIVE_INFINITY
    for (const until = taken + keys; taken < until; ) {
      const before = process.cpuUsage()
      for (let key = 0; key < 10_000; key++) throttle.take('p', rule, `key ${taken++}`)
      least = Math.min(least, process.cpuUsage(before).user)
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
      const waits = throttle.take('p', rule, 'busy')
      assert.equal(waits === undefined, other < 100_000)
    }
    throttle.take('p', rule, `other ${other}`)
  }
})
