import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DiskPace } from './disk-pace.ts'

/** How many of `writes` were done at once, and what they took together, on a disk that takes so long. */
function run(pace: DiskPace, durationsMs: Iterable<number>, bytes = 4_096) {
  let atOnce = 0
  let heldUpMs = 0
  for (const durationMs of durationsMs) {
    if (!pace.isToBeDoneAtOnce(bytes)) continue
    atOnce++
    heldUpMs += durationMs
    pace.took(durationMs)
  }
  return { atOnce, heldUpMs }
}

const repeat = (durationMs: number, times: number) => Array.from({ length: times }, () => durationMs)

test('on a quick disk nearly every write is done at once', () => {
  assert.ok(run(new DiskPace(), repeat(0.1, 10_000)).atOnce > 9_900)
})

test('on a slow disk nearly none is, and ever fewer', () => {
  const pace = new DiskPace()
  assert.ok(run(pace, repeat(8, 10_000)).atOnce <= 10)
  assert.ok(run(pace, repeat(8, 100_000)).atOnce <= 10)
})

test('writes that are slow now and then do not make a disk slow', () => {
  const durations = Array.from({ length: 10_000 }, (_, at) => (at % 50 === 0 ? 3 : 0.15))
  assert.ok(run(new DiskPace(), durations).atOnce > 9_900)
})

test('a disk that becomes slow is left to another thread at once, and found again when it is quick', () => {
  const pace = new DiskPace()
  run(pace, repeat(0.1, 5_000))
  assert.ok(run(pace, repeat(5, 60)).atOnce <= 2)
  assert.ok(run(pace, repeat(0.1, 5_000)).atOnce > 4_800)
})

test('a disk that was slow for long is trusted again after it was quick for a while', () => {
  const pace = new DiskPace()
  run(pace, repeat(8, 100_000))
  run(pace, repeat(0.1, 20_000))
  run(pace, repeat(8, 10))
  assert.ok(run(pace, repeat(0.1, 1_000)).atOnce > 900)
})

test('large writes are left to another thread', () => {
  assert.equal(run(new DiskPace(), repeat(0.1, 1_000), 1_000_000).atOnce, 0)
})

test('whatever a disk does, a write done at once holds the event loop up for 0.5 ms on average, and one hesitation', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 100, noNaN: true })),
        {
          maxLength: 2_000,
        },
      ),
      (durations) => {
        const pace = new DiskPace()
        let trial: number[] = []
        for (const durationMs of durations)
          if (!pace.isToBeDoneAtOnce(4_096)) trial = []
          else {
            const heldUpMs = trial.reduce((sum, each) => sum + each, 0)
            assert.ok(heldUpMs <= 0.5 * trial.length + 4 + 1e-9)
            trial.push(durationMs)
            pace.took(durationMs)
          }
      },
    ),
  ))

test('however slow a disk is, it is tried ever more seldom', () =>
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.6, max: 100, noNaN: true }), { maxLength: 5_000 }),
      (durations) => {
        const { atOnce } = run(new DiskPace(), durations)
        assert.ok(atOnce <= 20 * (1 + Math.log2(1 + durations.length / 64)))
      },
    ),
  ))
