import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeHeaderValue, encodeHeaderValue } from './header-values.ts'

test('whatever text it is, it comes back from a header that may have it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const value = encodeHeaderValue(text)
      assert.match(value, /^[\x20-\x7e\t]*$/)
      assert.equal(value.trim(), value)
      assert.equal(decodeHeaderValue(value), text)
    }),
  )
})

test('the examples of the specification', () => {
  for (const [text, value] of [
    ['us-west1', 'us-west1'],
    ['Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
    [' padded ', '=?base64?IHBhZGRlZCA=?='],
    ['line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
    ['=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
  ] as const) {
    assert.equal(encodeHeaderValue(text), value)
    assert.equal(decodeHeaderValue(value), text)
  }
  for (const wrong of ['=?base64?***?=', 'a\nb', '=?base64?/w==?='])
    assert.equal(decodeHeaderValue(wrong), undefined)
})
