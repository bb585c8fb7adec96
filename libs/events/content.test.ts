import assert from 'node:assert/strict'
import { isUtf8 } from 'node:buffer'
import { test } from 'node:test'
import fc from 'fast-check'
import { characterStart, cutBytes, writeContent } from './content.ts'
import { sha256Hex } from './digest.ts'

const text = fc.string({ unit: fc.constantFrom(...'aé世🌍𐀀'), minLength: 1, maxLength: 40 })

test('a place within a text is moved to the start of its character, also of the first one', () => {
  fc.assert(
    fc.property(text, fc.nat(), (some, place) => {
      const bytes = Buffer.from(some)
      const at = place % bytes.length
      const start = characterStart(bytes, at)
      assert.ok(start <= at && at - start < 4)
      assert.ok(isUtf8(bytes.subarray(0, start)) && isUtf8(bytes.subarray(start)))
    }),
  )
})

test('pieces are whole characters, and together the text; of other bytes too', () => {
  const any = fc.oneof(
    text.map((some) => Buffer.from(some)),
    fc.uint8Array({ maxLength: 60 }).map((some) => Buffer.from(some)),
  )
  fc.assert(
    fc.property(any, fc.integer({ min: 4, max: 20 }), (bytes, size) => {
      const pieces = [...cutBytes(bytes, size)]
      assert.ok(Buffer.concat(pieces).equals(bytes))
      for (const piece of pieces) {
        assert.ok(piece.length > 0 && piece.length <= size)
        if (isUtf8(bytes)) assert.ok(isUtf8(piece))
      }
    }),
  )
})

test('content is written as JSON of all of it, as text where that is not longer than base64', () => {
  const some = fc.constantFrom('a', '"', '\\', '\n', '\u0001', 'é', '世', '🌍', ' and so on ')
  const long = fc
    .tuple(fc.array(some, { minLength: 1, maxLength: 12 }), fc.constantFrom(1, 3_000, 9_000))
    .map(([parts, times]) => Buffer.from(parts.join('').repeat(times)))
  const any = fc.oneof(
    long,
    fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  )
  fc.assert(
    fc.property(any, (bytes) => {
      const text = JSON.stringify(bytes.toString('utf8'))
      const isText = isUtf8(bytes) && text.length <= bytes.length * 1.4
      assert.deepEqual(JSON.parse(writeContent(bytes).join('')), {
        sha256: sha256Hex(bytes),
        bytes: bytes.length,
        ...(isText ? { text: bytes.toString('utf8') } : { base64: bytes.toString('base64') }),
      })
    }),
  )
})
