import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { inlineBytes } from '../recording/content-pieces.ts'
import { passingBody } from './plain-body.ts'

test('a short response is here when it is over, and of a longer one what is short, however it came', () => {
  const sizes = fc.oneof(fc.nat({ max: 2_000 }), fc.nat({ max: 3 * inlineBytes }))
  fc.assert(
    fc.property(sizes, fc.integer({ min: 500, max: 2 * inlineBytes }), (size, step) => {
      const bytes = Buffer.from(JSON.stringify({ model: 'gpt-4o', text: 'x'.repeat(size), end: true }))
      const sent: Buffer[] = []
      const body = passingBody((chunk) => void sent.push(chunk))
      for (let from = 0; from < bytes.length; from += step) body.push(bytes.subarray(from, from + step))
      body.end()
      const { held, short, outline } = body.result()
      assert.deepEqual(Buffer.concat([...sent, held]), bytes)
      if (bytes.length <= inlineBytes) {
        assert.deepEqual([short, outline], [bytes, undefined])
      } else {
        assert.equal(short, undefined)
        assert.deepEqual(outline?.result(), { model: 'gpt-4o', text: '', end: true })
      }
    }),
    { numRuns: 50 },
  )
})
