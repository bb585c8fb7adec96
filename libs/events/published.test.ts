import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { modes } from './decision.ts'
import { parsePublished, type publishedSchemas } from './published.ts'

const instant = fc
  .date({ min: new Date(0), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString())
const version = fc.nat()
const values = {
  active: fc.record({
    version,
    mode: fc.constantFrom(...modes),
    policies: fc.array(fc.record({ name: fc.string(), version, document: fc.string() })),
  }),
  keys: fc.record({
    keys: fc.array(
      fc.record({
        keyId: fc.uuid(),
        name: fc.string({ minLength: 1, maxLength: 128 }),
        match: fc.stringMatching(/^[0-9a-f]{64}$/).map((sha256) => ({ sha256 })),
        limits: fc.record(
          { expiresAt: instant, budgetUsdMicros: fc.nat().map((n) => n + 1) },
          { requiredKeys: [] },
        ),
        spentUsdMicros: version,
      }),
    ),
  }),
  quarantine: fc.record({
    sessions: fc.array(fc.record({ tenant: fc.string(), session: fc.string(), until: instant })),
  }),
}

describe('what the policy service publishes', () => {
  for (const [key, value] of Object.entries(values))
    test(`"${key}" is read as it was published`, () => {
      fc.assert(
        fc.property(value as fc.Arbitrary<unknown>, (published) => {
          const read = parsePublished(key as keyof typeof publishedSchemas, JSON.stringify(published))
          assert.deepEqual(read, JSON.parse(JSON.stringify(published)))
        }),
      )
    })

  test('a value of another shape is refused, and the field is named', () => {
    assert.throws(
      () => parsePublished('active', '{"version":1,"mode":"maybe","policies":[]}'),
      /active.*mode/,
    )
    assert.throws(() => parsePublished('keys', '{}'), /keys/)
    const quarantine = (entry: object) =>
      parsePublished('quarantine', JSON.stringify({ sessions: [{ tenant: 't', ...entry }] }))
    assert.throws(() => quarantine({ session: 's' }), /sessions\.0\.until/)
    assert.throws(() => quarantine({ until: '2100-01-01T00:00:00.000Z' }), /sessions\.0\.session/)
    assert.throws(() => parsePublished('active', 'no JSON'), SyntaxError)
  })
})
