import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Floor } from './floor.ts'

const sequence = fc.integer({ min: 1, max: 40 })
const step = fc.oneof(
  fc.record({ applied: fc.array(sequence, { minLength: 1, maxLength: 8 }) }),
  fc.record({ acknowledged: sequence }),
)
const itemOf = (streamSequence: number) => ({ streamSequence, publishedAtMs: streamSequence * 10 })

test('is the end of what is applied without a gap, in whatever order it is applied and acknowledged', () =>
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const floor = new Floor('a')
      const known = new Set<number>()
      for (const one of steps) {
        if ('applied' in one) {
          const expected = floor.with(one.applied.map(itemOf)).sequence
          floor.note(one.applied.map(itemOf))
          assert.equal(floor.sequence, expected)
          for (const applied of one.applied) known.add(applied)
        } else {
          floor.raise(one.acknowledged)
          for (let below = 1; below <= one.acknowledged; below++) known.add(below)
        }
        let end = 0
        while (known.has(end + 1)) end++
        assert.equal(floor.sequence, end)
        assert.ok((floor.publishedAtMs ?? 0) <= end * 10)
        assert.equal(
          floor.isBehind,
          [...known].some((each) => each > end),
        )
      }
    }),
  ))
