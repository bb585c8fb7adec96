import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { createKeyedDigest } from './keyed-digest.ts'

test('a keyed digest is the HMAC', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ maxLength: 300 }), (key, text) => {
      const digest = createKeyedDigest(key)
      for (const one of [text, 'another', text])
        assert.equal(digest(one), createHmac('sha256', key).update(one).digest('hex'))
    }),
  )
})
