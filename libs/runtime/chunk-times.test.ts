import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunkBoundaries, createChunkTimes } from './chunk-times.ts'

test('the time between chunks is counted from the second one on, in the bucket of its boundary', () => {
  const times = createChunkTimes()
  assert.equal(times.counts().count, 0)
  times.arrived(1, 1_000)
  assert.equal(times.counts().count, 0)
  times.arrived(0, 1_001)
  times.arrived(1, 1_010)
  times.arrived(3, 1_060)
  times.arrived(1, 200_000)
  const { counts, sum, count } = times.counts()
  assert.equal(count, 5)
  assert.equal(
    counts.reduce((all, one) => all + one, 0),
    5,
  )
  assert.deepEqual([counts[0], counts[3], counts.at(-1)], [3, 1, 1])
  assert.ok(Math.abs(sum - 199) < 1e-9)
  assert.equal(counts.length, chunkBoundaries.length + 1)
})
