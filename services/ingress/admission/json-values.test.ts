import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { hasMoreValuesThan } from './json-values.ts'

/** Long enough that it is counted at all. */
const padded = (value: unknown) => Buffer.from(JSON.stringify([value, 'x'.repeat(300_000)]))

function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return 1 + Object.values(value).reduce((total: number, member) => total + countOf(member), 0)
}

describe('the number of values in a JSON text', () => {
  test('is never underestimated, and overestimated by no more than its containers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 5 }), async (value) => {
        const body = padded(value)
        const values = countOf(JSON.parse(body.toString()))
        assert.equal(await hasMoreValuesThan(2 * values, body), false)
        const largest = values - 1
        if (largest > 0) assert.equal(await hasMoreValuesThan(Math.floor(largest / 2), body), true)
      }),
    )
  })

  test('does not depend on what is in strings', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[,[\]{}\\"a]{0,50}$/), async (text) =>
        assert.equal(await hasMoreValuesThan(4, padded(text)), false),
      ),
    )
  })

  test('is not counted for a small text', async () => {
    assert.equal(await hasMoreValuesThan(10, Buffer.from(JSON.stringify(Array(1_000).fill([])))), false)
  })
})
