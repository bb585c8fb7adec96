import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createMetrics } from './metrics.ts'

const boundaries = [0.1, 1, 10]
const labels = ['', 'a', 'b'] as const

test('a counted histogram says the same as one of OpenTelemetry', async () => {
  const value = fc.oneof(fc.constantFrom(0, ...boundaries), fc.double({ min: 0, max: 20, noNaN: true }))
  // The last one is absent for most, and may have the value of another.
  const attributes = fc.record(
    { model: fc.constantFrom(...labels), error: fc.constantFrom(...labels) },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(attributes, value), { minLength: 1 }), async (records) => {
      const described = { description: 'of a test', unit: 's' }
      const linesOf = async (
        open: (metrics: ReturnType<typeof createMetrics>) => (attributes: object, value: number) => void,
      ) => {
        const metrics = createMetrics('test')
        const record = open(metrics)
        for (const [attributes, value] of records) record(attributes, value)
        const lines = (await metrics.text()).split('\n')
        return lines.filter((line) => line.startsWith('taken')).sort()
      }
      const counted = await linesOf((metrics) => {
        const histogram = metrics.countedHistogram({ name: 'taken', ...described, boundaries })
        return (attributes, value) => histogram.record({ ...attributes }, value)
      })
      const advice = { explicitBucketBoundaries: boundaries }
      const usual = await linesOf(({ meter }) => {
        const histogram = meter.createHistogram('taken', { ...described, advice })
        return (attributes, value) => histogram.record(value, { ...attributes })
      })
      assert.ok(usual.length > 0)
      assert.deepEqual(counted, usual)
    }),
  )
})
