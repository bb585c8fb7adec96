import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cutDays } from './cut-days.ts'

const dayMs = 86_400_000
const start = Date.parse('2026-11-01T00:00:00Z')

/** When each leaf was recorded: forwards, but for leaves that changed places with neighbours. */
const recorded = fc
  .array(fc.record({ after: fc.integer({ min: 0, max: 9 * 3_600_000 }), swap: fc.boolean() }), {
    maxLength: 60,
  })
  .map((steps) => {
    let at = start
    const times = steps.map(({ after }) => {
      at += after
      return at
    })
    for (const [index, { swap }] of steps.entries())
      if (swap && index > 0) [times[index - 1], times[index]] = [times[index]!, times[index - 1]!]
    return times
  })

const cut = (times: number[], from = 0, lastDay?: string, now = Number.POSITIVE_INFINITY) =>
  cutDays({
    ...{ recordedAt: async (leaf) => times[leaf]!, firstThere: async (leaf) => leaf, droppedDays: new Set() },
    ...{ from, size: times.length, lastDay, now },
  })
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)

test('every leaf is in one day, days follow each other without a gap, and their names rise', () =>
  fc.assert(
    fc.asyncProperty(recorded, async (times) => {
      const days = await cut(times)
      assert.deepEqual(
        days.flatMap(({ from, until }) => Array.from({ length: until - from }, (_, at) => from + at)),
        times.map((_, leaf) => leaf),
      )
      for (const [at, { day }] of days.entries()) assert.ok(at === 0 || days[at - 1]!.day < day)
    }),
  ))

test('where leaves are in the order of their times, each day has its own and no other', () =>
  fc.assert(
    fc.asyncProperty(recorded, async (swapped) => {
      const times = swapped.toSorted((a, b) => a - b)
      for (const { day, from, until } of await cut(times))
        for (const at of times.slice(from, until)) assert.equal(dayOf(at), day)
    }),
  ))

test('archiving in several goes gives the same days as at once, and none that is not over', () =>
  fc.assert(
    fc.asyncProperty(recorded, fc.integer({ min: 0, max: 30 }), async (times, days) => {
      const now = start + days * dayMs
      const first = await cut(times, 0, undefined, now)
      for (const { day } of first) assert.ok(Date.parse(day) + dayMs <= now)
      const last = first.at(-1)
      const rest = await cut(times, last?.until ?? 0, last?.day)
      assert.deepEqual([...first, ...rest], await cut(times))
    }),
  ))

test('a day of which nothing was dropped has its own leaves and no other, whatever was dropped of days before', () =>
  fc.assert(
    fc.asyncProperty(recorded, fc.infiniteStream(fc.boolean()), async (swapped, random) => {
      const times = swapped.toSorted((a, b) => a - b)
      const next = () => random.next().value as boolean
      const whole = new Set(times.map(dayOf).filter(next))
      const isThere = times.map((at) => whole.has(dayOf(at)) || (next() && next()))
      const nextThere = (leaf: number) => {
        const there = isThere.indexOf(true, leaf)
        return there < 0 ? times.length : there
      }
      const days = await cutDays({
        recordedAt: async (leaf) => times[nextThere(leaf)] ?? times.at(-1)! + 2 * dayMs,
        firstThere: async (leaf) => nextThere(leaf),
        droppedDays: new Set(times.map(dayOf).filter((day) => !whole.has(day))),
        ...{ from: 0, size: times.length, lastDay: undefined, now: (times.at(-1) ?? 0) + dayMs },
      })
      for (const day of whole) {
        const found = days.find((one) => one.day === day)
        const own = times.flatMap((at, leaf) => (dayOf(at) === day ? [leaf] : []))
        assert.deepEqual([found?.from, found?.until], [own[0], own.at(-1)! + 1])
      }
    }),
  ))
