import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actions, exchangeStates } from '@airs-cp/events'
import fc from 'fast-check'
import {
  type Counted,
  contributionsOf,
  type Delta,
  differences,
  latencyBucket,
  percentileMs,
  sumOf,
} from './contribution.ts'

const name = fc.constantFrom('a', 'b', 'c')
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const names = fc.uniqueArray(name, { maxLength: 2 })
const counted: fc.Arbitrary<Counted> = fc.record({
  state: fc.constantFrom(...exchangeStates),
  requested_at: maybe(fc.integer({ min: 0, max: 10_000_000 }).map((ms) => new Date(ms))),
  ended_at: maybe(fc.integer({ min: 0, max: 10_000_000 }).map((ms) => new Date(ms).toISOString())),
  provider: maybe(name),
  model: maybe(name),
  answered_model: maybe(name),
  agent: maybe(name),
  key_id: maybe(name),
  tags: names,
  decision: maybe(fc.constantFrom(...actions)),
  policies: names,
  verdicts: names,
  finding_types: names,
  status: maybe(fc.constantFrom(200, 429, 500)),
  error_code: maybe(name),
  input_tokens: maybe(fc.nat(1_000)),
  output_tokens: maybe(fc.nat(1_000)),
  cost_usd_micros: maybe(fc.nat(1_000)),
  duration_ms: maybe(fc.double({ min: 0, max: 2_000_000, noNaN: true })),
})

const sorted = (deltas: Delta[]) =>
  deltas
    .map((delta) => JSON.stringify(delta, (_, value) => value, 0))
    .map((text) => JSON.parse(text) as Delta)
    .map(({ latencies, ...rest }) => ({
      ...rest,
      latencies: Object.entries(latencies ?? {}).filter(([, count]) => count !== 0),
    }))
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

test('the sum of all differences is the count of what exchanges have become, however often each changed', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(4), counted), { maxLength: 40 }), (steps) => {
      const now = new Map<number, Counted>()
      const deltas = steps.flatMap(([exchange, after]) => {
        const before = now.get(exchange)
        now.set(exchange, after)
        return differences([{ before, after }])
      })
      assert.deepEqual(sorted(sumOf(deltas)), sorted(sumOf([...now.values()].flatMap(contributionsOf))))
    }),
  )
})

test('what did not change makes no difference', () => {
  fc.assert(fc.property(counted, (row) => assert.deepEqual(differences([{ before: row, after: row }]), [])))
})

test('a percentile is at most 19 % above the duration, and never below it', () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 800_000, noNaN: true }), (durationMs) => {
      const counts: number[] = []
      for (let bucket = 0; bucket <= latencyBucket(durationMs); bucket++) counts.push(0)
      counts[latencyBucket(durationMs)] = 1
      const found = percentileMs(counts, 0.5)!
      assert.ok(found >= durationMs - 0.1 && found <= durationMs * 1.19 + 0.1, `${durationMs}: ${found}`)
    }),
  )
})

test('percentiles are in their order, and there are none of nothing', () => {
  assert.equal(percentileMs([], 0.5), null)
  assert.equal(percentileMs([0, 0], 0.5), null)
  assert.deepEqual(
    [0.5, 0.95, 0.99].map((part) => percentileMs([50, 0, 0, 0, 45, 0, 0, 0, 5], part)),
    [1, 2, 4],
  )
})
