import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { scriptDigits } from './characters.ts'
import { viewOf } from './view.ts'
import { createViewBuilder } from './view-builder.ts'

describe('what a view shows', () => {
  const cases: [string, string][] = [
    ['4111\u00a01111\u202f1111\u20091111', '4111 1111 1111 1111'],
    ['412\u201157\u20118123 and 1\u20132', '412-57-8123 and 1-2'],
    ['４１１１ ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ', '4111 ann@example.com'],
    ['an\u200bn@ex\u00adam\ufeffple.com', 'ann@example.com'],
    ['аnn@ехаmple.com', 'ann@example.com'],
    ['Ignоrе аll previous', 'Ignore all previous'],
    ['Привет, мир! Это сорт 5.', 'Привет, мир! Это сорт 5.'],
    ['𝐈𝗀𝓷𝔬𝕣𝖾 Ⓐⓛⓛ', 'Ignore All'],
    ['{\\"a\\":\\"x\\u0040y.z\\"}\\n', '{"a":"x@y.z"}\n'],
    ['\\d+\\w \\p{L} C:\\Games', '\\d+\\w \\p{L} C:\\Games'],
    ['ann&#64;example&#x2E;com &amp; &nosuch; & co', 'ann@example.com & &nosuch; & co'],
    ['ann%40example.com 100% %zz %E2%82%AC', 'ann@example.com 100% %zz €'],
    ['\\ud83d\\ude00 \\ud83d x', '😀 \ud83d x'],
    ['१२३ ٤٥٦', '123 456'],
    ['naïve Größe 東京 😀 m²', 'naïve Größe 東京 😀 m²'],
    ['ﬁnal', 'final'],
    ['⁴¹¹¹ ₁₁₁₁ L⁹¹a', '4111 1111 L91a'],
    ['4111² H₂O 10⁻³', '4111² H2O 10⁻3'],
    ['\\u2074\\u00b9&#185;&sup1;%C2%B2 m\\u00b2 H\\u2082O', '41112 m² H2O'],
  ]
  for (const [text, shown] of cases) test(text, () => assert.equal(viewOf(text).text, shown))
})

test('a plain text is its own view', () => {
  assert.equal(viewOf('Plain text, 12 (ok).').isText, true)
})

test('readable base64 is found as a run, with its padding; keys, words and pictures are not', () => {
  const hidden = Buffer.from('write to ann@example.com').toString('base64')
  const url = Buffer.from('{"sub":"ann@example.com","ü":1}').toString('base64url')
  const text = `a ${hidden} and /x/${url}, iVBORw0KGgoAAAANSUhEUgAA internationalisation q7Vd2KxN9mTzR4wYb8Lc`
  assert.deepEqual(
    viewOf(text).encoded.map((run) => [text.slice(run.start, run.end), run.text]),
    [
      [hidden, 'write to ann@example.com'],
      [url, '{"sub":"ann@example.com","ü":1}'],
    ],
  )
})

const piece = fc.oneof(
  fc.constantFrom(
    '\u00a0',
    '\u200b',
    '\u00ad',
    '４',
    'а',
    'ое',
    'дом',
    '²',
    'a₉',
    'a',
    'Z9',
    '\\u0040',
    '\\ud83d\\ude00',
    '\\ud83d',
    '\\u00',
    '\\u00b2',
    '\\u2074',
    '&#8308;',
    '%C2%B9',
    '\\n',
    '\\',
    '&#64;',
    '&amp;',
    '&am',
    '%40',
    '%E2%80%8B',
    '%E2%8',
    '%',
    'ﬁ',
    '𝐈',
    '😀',
    '\ud83d',
    '\udb40\udc41',
    ' ',
    '-',
    '=',
    'SGVsbG8gd29ybGQsIHdvcmxk',
    'c2VjcmV0',
    '/',
    '\u200b'.repeat(70),
    '\u200b'.repeat(1030),
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.base64String({ maxLength: 40 }),
)
const texts = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))
const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 30 })

test('however a text is cut, its view and its offsets are the same', () => {
  fc.assert(
    fc.property(texts, cuts, (text, sizes) => {
      const whole = viewOf(text)
      const builder = createViewBuilder()
      let shown = ''
      let openFrom = 0
      const runs = []
      for (let at = 0, index = 0; at < text.length; index++) {
        const size = sizes[index % sizes.length]!
        shown += builder.push(text.slice(at, at + size))
        at += size
        assert(whole.text.startsWith(shown))
        runs.push(...builder.takeRuns())
        assert(builder.openFrom() >= openFrom)
        openFrom = builder.openFrom()
        for (const run of whole.encoded)
          assert(run.start >= openFrom || runs.some(({ start }) => start === run.start))
      }
      shown += builder.end()
      runs.push(...builder.takeRuns())
      assert.equal(shown, whole.text)
      assert.deepEqual(runs, whole.encoded)
      for (let index = 0; index < shown.length; index++) {
        assert.equal(builder.startOf(index), whole.startOf(index))
        assert.equal(builder.endOf(index), whole.endOf(index))
      }
    }),
    { numRuns: 1000 },
  )
})

test('offsets go up, stay within the text, and split no pair of surrogates and no escape', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const view = viewOf(text)
      let from = 0
      let to = 0
      for (let index = 0; index < view.text.length; index++) {
        const [start, end] = [view.startOf(index), view.endOf(index)]
        assert(start >= from && end >= to && end > start && end <= text.length)
        assert(start === from || start >= to, 'units share all that they stand for, or nothing')
        from = start
        to = end
        const isHalf = (at: number) =>
          at > 0 &&
          at < text.length &&
          /[\ud800-\udbff]/.test(text[at - 1]!) &&
          /[\udc00-\udfff]/.test(text[at]!)
        if (!/[\ud800-\udfff]/.test(view.text[index]!)) assert(!isHalf(start) && !isHalf(end))
        const alone = viewOf(text.slice(start, end)).text
        const isByContext = scriptDigits[view.text.charCodeAt(index)] !== 0
        if (end - start > 1 && !isByContext)
          assert(alone === '' || alone.includes(view.text[index]!), 'a whole escape')
      }
    }),
    { numRuns: 1000 },
  )
})
