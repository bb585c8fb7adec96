import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { InFlight } from './in-flight.ts'

test('whatever the order of acknowledgements, what has passed is all that has nothing outstanding before it', () => {
  const orders = fc.nat(30).chain((count) =>
    fc.shuffledSubarray(
      Array.from({ length: count }, (_, i) => i),
      { minLength: 0 },
    ),
  )
  fc.assert(
    fc.property(orders, fc.nat(30), (order, extra) => {
      const inFlight = new InFlight<number>()
      const passed: number[] = []
      const count = Math.max(-1, ...order) + 1 + extra
      const done = Array.from({ length: count }, (_, i) => inFlight.add(i, (item) => passed.push(item)))
      const acknowledged = new Set<number>()
      for (const item of order) {
        done[item]!()
        acknowledged.add(item)
        const expected = Array.from({ length: count }, (_, i) => i).findIndex((i) => !acknowledged.has(i))
        assert.equal(passed.length, expected < 0 ? count : expected)
        assert.equal(inFlight.oldest, expected < 0 ? undefined : expected)
      }
      assert.deepEqual(
        passed,
        passed.map((_, i) => i),
      )
    }),
  )
})

test('acknowledgements of what was given up change nothing', () => {
  const inFlight = new InFlight<string>()
  const passed: string[] = []
  const late = inFlight.add('late', (item) => passed.push(item))
  inFlight.clear()
  const next = inFlight.add('next', (item) => passed.push(item))
  late()
  assert.deepEqual(passed, [])
  assert.equal(inFlight.oldest, 'next')
  next()
  assert.deepEqual(passed, ['next'])
  assert.equal(inFlight.oldest, undefined)
})

test('keeps order over many more than it holds at once', () => {
  const inFlight = new InFlight<number>()
  const passed: number[] = []
  const pending: (() => void)[] = []
  for (let i = 0; i < 20_000; i++) {
    pending.push(inFlight.add(i, (item) => passed.push(item)))
    if (pending.length > 500) pending.shift()!()
  }
  for (const done of pending) done()
  assert.deepEqual(
    passed,
    Array.from({ length: 20_000 }, (_, i) => i),
  )
})
