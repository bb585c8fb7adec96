import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SequenceRanges } from './sequence-ranges.ts'

const sequence = fc.integer({ min: 1, max: 60 })

test('is the set of what was added, in whatever order, as ranges that do not touch', () => {
  fc.assert(
    fc.property(fc.array(sequence, { maxLength: 80 }), (added) => {
      const ranges = new SequenceRanges()
      const set = new Set<number>()
      for (const one of added) {
        assert.equal(ranges.add(one), !set.has(one))
        set.add(one)
      }
      check(ranges, set)
    }),
  )
})

test('goes on from what it was', () => {
  fc.assert(
    fc.property(fc.array(sequence, { maxLength: 80 }), (added) => {
      let ranges = new SequenceRanges()
      for (const one of added) {
        ranges.add(one)
        ranges = new SequenceRanges(ranges.ranges())
      }
      check(ranges, new Set(added))
    }),
  )
})

function check(ranges: SequenceRanges, set: Set<number>): void {
  const list = ranges.ranges()
  const all = list.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index))
  assert.deepEqual(
    all,
    [...set].sort((a, b) => a - b),
  )
  for (const [index, [from]] of list.entries()) if (index > 0) assert.ok(from > list[index - 1]![1] + 1)
}
