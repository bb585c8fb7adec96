import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { areaUnderCurve, recallAt, recallAtFprs, type Scored, thresholdAtFpr } from './ranking.ts'

const rows = fc.array(fc.record({ score: fc.integer({ min: 0, max: 9 }), positive: fc.boolean() }), {
  maxLength: 40,
})

test('the area under the curve is the share of pairs that are in order', () => {
  fc.assert(
    fc.property(rows, (scored) => {
      const positives = scored.filter(({ positive }) => positive)
      const negatives = scored.filter(({ positive }) => !positive)
      const auc = areaUnderCurve(scored)
      if (positives.length === 0 || negatives.length === 0) {
        assert.equal(auc, undefined)
        return
      }
      const inOrder = (a: Scored, b: Scored) => (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0)
      const sum = positives
        .flatMap((a) => negatives.map((b) => inOrder(a, b)))
        .reduce<number>((a, b) => a + b, 0)
      assert(Math.abs(auc! - sum / (positives.length * negatives.length)) < 1e-9)
    }),
  )
})

test('a threshold lets no more than its share of the negatives through', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: -5, max: 5 }), { minLength: 1 }),
      fc.double({ noNaN: true, min: 0, max: 0.99 }),
      (negatives, rate) => assert(recallAt(negatives, thresholdAtFpr(negatives, rate)) <= rate + 1e-9),
    ),
  )
})

test('recall is counted over the score that the negatives allow', () => {
  const negatives = Array.from({ length: 100 }, (_, index) => index)
  assert.deepEqual(recallAtFprs([98.5, 99.5, 200], negatives), { '0.001': 2 / 3, '0.01': 1, '0.05': 1 })
  assert.equal(recallAtFprs([], negatives), undefined)
})
