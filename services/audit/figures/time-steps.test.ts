import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hoursKeptDays, minutesKeptDays, piecesOf, shownOf, stepsOf } from './time-steps.ts'

const now = 1_800_000_000
const span = fc
  .tuple(fc.integer({ min: 0, max: now }), fc.integer({ min: 0, max: now }))
  .map(([a, b]) => ({ from: Math.min(a, b), until: Math.max(a, b) }))

test('a range is shown in whole steps that cover it, at most 120 of them', () => {
  fc.assert(
    fc.property(span, ({ from, until }) => {
      const steps = stepsOf({ from, until }, now)
      assert.ok(steps.from <= from && steps.until >= until)
      assert.equal((steps.until - steps.from) % steps.step, 0)
      assert.equal(steps.step % steps.source, 0)
      const count = (steps.until - steps.from) / steps.step
      assert.ok(count >= 1 && count <= 120, String(count))
    }),
  )
})

test('a day is shown whole, also where it was counted back from a moment ago; longer ranges begin with the first figure', () => {
  const first = now - 3_600
  for (const late of [0, 1, 60])
    assert.deepEqual(shownOf({ from: now - 86_400 - late, until: now }, first), {
      from: now - 86_400 - late,
      until: now,
    })
  assert.deepEqual(shownOf({ from: now - 7 * 86_400, until: now }, first), { from: first, until: now })
  assert.deepEqual(shownOf({ from: now - 7 * 86_400, until: now }, undefined), { from: now, until: now })
  assert.deepEqual(shownOf({ from: now - 7 * 86_400, until: now - 4_000 }, first), {
    from: now - 4_000,
    until: now - 4_000,
  })
})

test('figures are asked for in a fineness that is kept', () => {
  fc.assert(
    fc.property(span, ({ from, until }) => {
      const { source, step } = stepsOf({ from, until }, now)
      const days = (now - from) / 86_400
      if (days > minutesKeptDays) assert.ok(source >= 3_600 && step >= 3_600)
      if (days > hoursKeptDays) assert.ok(source === 86_400)
    }),
  )
})

test('pieces cover a span without gap or overlap, each in whole units', () => {
  const minutes = span.map(({ from, until }) => ({
    from: Math.floor(from / 60) * 60,
    until: Math.floor(until / 60) * 60,
  }))
  fc.assert(
    fc.property(minutes, ({ from, until }) => {
      const pieces = piecesOf({ from, until })
      let at = from
      for (const piece of pieces) {
        assert.equal(piece.from, at)
        assert.equal(piece.from % piece.source, 0)
        assert.equal(piece.until % piece.source, 0)
        at = piece.until
      }
      assert.equal(at, until)
      assert.ok(pieces.length <= 5)
    }),
  )
})
