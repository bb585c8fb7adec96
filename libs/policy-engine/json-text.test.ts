import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { changed, changesInJson, createJsonDecoder, jsonText } from './json-text.ts'

test('escapes are decoded, and offsets lead back', () => {
  const text = '{"csv":"card\\n4111","s":"a\\u0040b"}'
  const { view, toText } = jsonText(text)!
  assert.equal(view, '{"csv":"card\n4111","s":"a@b"}')
  const at = view.indexOf('4111')
  assert.equal(text.slice(toText(at), toText(at + 4)), '4111')
  const mail = view.indexOf('a@b')
  assert.equal(text.slice(toText(mail), toText(mail + 3)), 'a\\u0040b')
})

test('JSON in a string of JSON is decoded too', () => {
  const text = JSON.stringify({ a: JSON.stringify({ b: 'card\n4111' }) })
  const { view, toText } = jsonText(text)!
  assert.ok(view.includes('card\n4111'))
  const at = view.indexOf('4111')
  assert.equal(text.slice(toText(at), toText(at + 4)), '4111')
})

test('a text in pieces is decoded like the whole', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('\\', 'u', 'n', '0', '4', '"', 'x') }),
      fc.nat(9),
      (text, cut) => {
        const whole = createJsonDecoder()
        const expected = whole.push(text) + whole.end()
        const cutDecoder = createJsonDecoder()
        assert.equal(
          cutDecoder.push(text.slice(0, cut)) + cutDecoder.push(text.slice(cut)) + cutDecoder.end(),
          expected,
        )
      },
    ),
  )
})

test('whatever part of a JSON text is replaced, it stays JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), fc.nat(), (value, from, length) => {
      const text = JSON.stringify(value)
      const start = from % text.length
      const end = Math.min(text.length, start + 1 + (length % 12))
      // Places of findings never lie within an escape.
      fc.pre(
        !/\\(?:u[0-9a-f]{0,3})?$/.test(text.slice(0, start)) &&
          !/\\(?:u[0-9a-f]{0,3})?$/.test(text.slice(0, end)),
      )
      const after = changed(text, changesInJson(text, [{ start, end, text: '[X_1]' }]))
      if (!/^(?:true|false|null)$/.test(text)) JSON.parse(after)
    }),
    { numRuns: 500 },
  )
})

test('a number that is replaced becomes a string', () => {
  const text = '{"card":4111111111111111,"n":-12.5}'
  const replace = (start: number, end: number) =>
    changed(text, changesInJson(text, [{ start, end, text: '[C]' }]))
  assert.equal(replace(8, 24), '{"card":"[C]","n":-12.5}')
  assert.equal(replace(30, 32), '{"card":4111111111111111,"n":"[C]"}')
})
