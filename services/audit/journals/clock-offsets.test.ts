import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createClockOffsets } from './clock-offsets.ts'

const hourMs = 3_600_000
const minuteMs = 60_000

test('however long events were kept back, a clock that is ahead shows as far ahead as the youngest event says', () => {
  const delays = fc.array(fc.nat(600_000), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(delays, fc.integer({ min: -hourMs, max: hourMs }), (kept, aheadMs) => {
      let nowMs = 10 * hourMs
      const offsets = createClockOffsets(() => nowMs)
      const at = (source: string, timeMs: number) => ({ source, time: new Date(timeMs).toISOString() })
      for (const delayMs of kept) offsets.note([at('one', nowMs - delayMs + aheadMs), at('right', nowMs)])
      const all = new Map([
        ['one', aheadMs - Math.min(...kept)],
        ['right', 0],
      ])
      assert.deepEqual(offsets.known(), all)
      nowMs += minuteMs
      assert.deepEqual(offsets.known(), all)
      nowMs += minuteMs
      assert.deepEqual(offsets.known(), new Map())
    }),
  )
})
