import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StallWatch } from './stall-watch.ts'

const stallMs = 10_000

/** Advice, by second, while nothing moves. */
function adviceOver(
  watch: StallWatch,
  seconds: number,
  state: { confirmed: number; laterOnesSeen: boolean },
) {
  const advice: [number, string][] = []
  for (let second = 0; second <= seconds; second++) {
    const given = watch.observe({ nowMs: second * 1000, outstanding: true, ...state })
    if (given) advice.push([second, given])
  }
  return advice
}

test('probes ever more rarely while nothing moves, as when the audit service is down', () => {
  const advice = adviceOver(new StallWatch(stallMs), 250, { confirmed: 5, laterOnesSeen: false })
  assert.deepEqual(advice, [
    [10, 'probe'],
    [30, 'probe'],
    [70, 'probe'],
    [130, 'probe'],
    [190, 'probe'],
    [250, 'probe'],
  ])
})

test('rewinds once while later ones are seen and the gap does not close, and then probes', () => {
  const advice = adviceOver(new StallWatch(stallMs), 200, { confirmed: 5, laterOnesSeen: true })
  assert.deepEqual(advice, [
    [10, 'rewind'],
    [30, 'probe'],
    [70, 'probe'],
    [130, 'probe'],
    [190, 'probe'],
  ])
})

test('rewinds at once when just the probe was committed', () => {
  const watch = new StallWatch(stallMs)
  const stalled = { outstanding: true, laterOnesSeen: false }
  assert.deepEqual(adviceOver(watch, 10, { confirmed: 5, laterOnesSeen: false }), [[10, 'probe']])
  assert.equal(watch.observe({ ...stalled, nowMs: 11_000, confirmed: 6 }), 'rewind')
  assert.equal(watch.observe({ ...stalled, nowMs: 12_000, confirmed: 7 }), undefined)
})

test('has no advice while commits come in, or nothing is outstanding', () => {
  const watch = new StallWatch(stallMs)
  for (let second = 0; second < 100; second++) {
    const nowMs = second * 1000
    const moving = second < 50
    const seen = { nowMs, confirmed: moving ? second : 49, outstanding: moving, laterOnesSeen: moving }
    assert.equal(watch.observe(seen), undefined)
  }
})
