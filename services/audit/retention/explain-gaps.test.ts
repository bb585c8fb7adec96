import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type DroppedRange, explainGaps } from './explain-gaps.ts'

type Fate = 'there' | 'dropped' | 'missing'

/** The ranges of a journal that are not there, as the event store finds them. */
function gapsOf(fates: Fate[]) {
  const gaps: { from: number; to: number }[] = []
  for (const [at, fate] of fates.entries()) {
    if (fate === 'there') continue
    const sequence = at + 1
    const last = gaps.at(-1)
    if (last?.to === at) last.to = sequence
    else gaps.push({ from: sequence, to: sequence })
  }
  return gaps
}

/** Drops of so many sequences each, as their records have them. */
function dropsOf(fates: Fate[], size: number): DroppedRange[] {
  const drops: DroppedRange[] = []
  for (let from = 0; from < fates.length; from += size) {
    const taken = fates
      .slice(from, from + size)
      .flatMap((fate, at) => (fate === 'dropped' ? from + at + 1 : []))
    if (taken.length > 0) drops.push({ first: taken[0]!, last: taken.at(-1)!, events: taken.length })
  }
  return drops
}

const fates = fc.array(fc.constantFrom<Fate>('there', 'dropped', 'missing'), { maxLength: 60 })

test('what drops took is explained, and everything else that is missing is counted, to the last event', () => {
  fc.assert(
    fc.property(fates, fc.integer({ min: 1, max: 20 }), (all, size) => {
      const { gaps, unexplained } = explainGaps(gapsOf(all), dropsOf(all, size))
      const named = gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0)
      assert.equal(named + unexplained, all.filter((fate) => fate === 'missing').length)
      for (const { from, to } of gaps)
        for (let at = from; at <= to; at++) assert.equal(all[at - 1], 'missing')
    }),
  )
})

test('without drops, gaps are what they were', () => {
  const gaps = [{ from: 3, to: 4 }]
  assert.deepEqual(explainGaps(gaps, []), { gaps, unexplained: 0 })
})
