import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readableDays } from './readable-days.ts'

const states = ['archived', 'queued', 'failed', 'dropped'] as const
const start = Date.parse('2026-11-01T00:00:00Z')

/** Days of two logs, each with its leaves, some of which were dropped before. */
const days = fc
  .array(
    fc.record({
      state: fc.constantFrom(...states),
      gap: fc.nat(3),
      leaves: fc.integer({ min: 1, max: 5 }),
      isFormer: fc.boolean(),
    }),
    { maxLength: 12 },
  )
  .map((made) => {
    const ends = { 1: 0, 2: 0 }
    return made.map(({ state, gap, leaves, isFormer }, at) => {
      const generation = isFormer ? 1 : 2
      const from = ends[generation] + gap
      ends[generation] = from + leaves
      const day = new Date(start + at * 86_400_000).toISOString().slice(0, 10)
      return { day, state, generation, from, until: from + leaves }
    })
  })

test('every leaf of a day is in a file that is read, or in the rest', () =>
  fc.assert(
    fc.property(days, (all) => {
      const { archived, rest } = readableDays(all, 2)
      for (const { generation, from, until } of all)
        for (let leaf = from; generation === 2 && leaf < until; leaf++)
          assert.ok(
            archived.some((day) => leaf >= day.from && leaf < day.until) ||
              rest === undefined ||
              leaf >= rest,
          )
    }),
  ))

test('every file there is is read, and nothing else', () =>
  fc.assert(
    fc.property(days, fc.constantFrom(1, 2, 3, null), (all, generation) => {
      const { archived, former } = readableDays(all, generation)
      const read = [...archived, ...former].map(({ day }) => day).toSorted()
      assert.deepEqual(
        read,
        all.filter(({ state }) => state === 'archived').map(({ day }) => day),
      )
    }),
  ))

test('where another log has begun, leaves of the one before say nothing of what the store has', () => {
  const day = { day: '2026-11-01', state: 'archived' as const, generation: 1, from: 0, until: 9 }
  assert.deepEqual(readableDays([day], 2), { archived: [], former: [day], rest: undefined })
  assert.deepEqual(readableDays([day], 1), { archived: [day], former: [], rest: 9 })
})
