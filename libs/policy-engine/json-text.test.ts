import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  changed,
  changesInJson,
  createJsonDecoder,
  createTextView,
  isWholeJson,
  jsonStart,
  jsonText,
  readJsonOn,
} from './json-text.ts'

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

const numberForms = [
  '4111111111111111.0',
  '4.111111111111111e15',
  '-41111111111111110e-1',
  '4.111111111111e18',
  '3.14159265358979',
  '1e400',
  '4111111111111111.5',
  `${'1'.repeat(60)}.0`,
]

test('whole numbers stand as their digits, and places lead back to all of a number', () => {
  for (const written of numberForms.slice(0, 3))
    for (const text of [
      `{"a":${written}}`,
      `{"a": ${written} ,"b":1}`,
      `[${written}]`,
      `[true,${written}]`,
    ]) {
      const { view, toText } = jsonText(text)!
      const at = view.indexOf('4111111111111111')
      const [start, end] = [toText(at), toText(at + 16)]
      assert.equal(text.slice(start, end), written.replace('-', ''))
      const after = changed(text, changesInJson(text, [{ start, end, text: '[C]' }]))
      assert.ok(JSON.stringify(JSON.parse(after)).includes('"[C]"'), after)
    }
  assert.ok(jsonText(`{"a":4.111111111111e18}`)!.view.includes('4111111111111000000'))
})

test('other numbers, and digits with a point in strings, stand as they are', () => {
  for (const written of [...numberForms.slice(4), '"to 4111111111111111.0 here"', '"192.168.10.77"', '41.0'])
    assert.equal(jsonText(`{"a":${written}}`), undefined, written)
})

test('JSON in pieces reads like the whole, and at most a number is waited for', () => {
  const parts = fc.constantFrom(
    ...numberForms,
    ':',
    ',',
    '[',
    ' ',
    '\n',
    '}',
    '"',
    '\\',
    'a',
    '7',
    '\\n',
    '-',
  )
  fc.assert(
    fc.property(
      fc.array(parts, { maxLength: 14 }).map((some) => `{"${some.join('')}`),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 30 }),
      (text, sizes) => {
        // In pieces, JSON in a string of JSON is decoded from where it begins, and what stood escaped before it is not decoded again.
        fc.pre(!/\\\\[\s\S]*"\s*[[{]\s*\\*["[{]/.test(text))
        const view = createTextView()
        let shown = ''
        for (let at = 0, turn = 0; at < text.length; turn++) {
          const size = sizes[turn % sizes.length]!
          shown += view.push(text.slice(at, at + size))
          at += size
          assert.ok(Math.min(text.length, at) - view.toText(shown.length) < 64)
        }
        shown += view.end()
        const whole = jsonText(text)
        assert.equal(shown, whole?.view ?? text)
        for (let at = 0; at <= shown.length; at++) assert.equal(view.toText(at), whole?.toText(at) ?? at)
      },
    ),
    { numRuns: 2000 },
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

/** JSON in strings of JSON, so many levels deep, with a number and a string in the innermost. */
const nested = fc
  .record({ value: fc.jsonValue({ maxDepth: 2 }), more: fc.jsonValue({ maxDepth: 1 }), levels: fc.nat(2) })
  .map(({ value, more, levels }) => {
    let text = JSON.stringify({
      before: more,
      card: 4111111111111111,
      mail: 'a "b" 4111111111111111\n',
      value,
    })
    for (let level = 0; level < levels; level++) text = JSON.stringify({ more, body: text })
    return { text, levels }
  })

test('a number in JSON that stands in strings of JSON becomes a string there, and all of it stays JSON', () => {
  fc.assert(
    fc.property(nested, ({ text, levels }) => {
      const parts = [...text.matchAll(/4111111111111111/g)].map(({ index }) => ({
        start: index,
        end: index + 16,
        text: '[C]',
      }))
      let value = JSON.parse(changed(text, changesInJson(text, parts)))
      for (let level = 0; level < levels; level++) value = JSON.parse(value.body)
      assert.deepEqual([value.card, value.mail], ['[C]', 'a "b" [C]\n'])
    }),
  )
})

test('changes do not depend on how the text was cut', () => {
  fc.assert(
    fc.property(nested, fc.nat(), ({ text }, cut) => {
      const at = cut % text.length
      const whole = readJsonOn(text, 0, text.length, jsonStart)
      assert.deepEqual(readJsonOn(text, at, text.length, readJsonOn(text, 0, at, jsonStart)), whole)
    }),
  )
})

test('a list of numbers is JSON where all of it is, and a note with a number in brackets is not', () => {
  assert.equal(isWholeJson('[4111111111111111, null]'), true)
  assert.equal(isWholeJson('[1] see there'), false)
})
