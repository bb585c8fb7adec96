import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cutAt } from '../../test/support/cut-at.ts'
import type { Json, JsonObject } from './json.ts'
import { createJsonOutline } from './json-outline.ts'

function outlineOf(text: string, places: number[] = []): JsonObject | undefined {
  const outline = createJsonOutline()
  for (const chunk of cutAt(Buffer.from(text), places)) outline.push(chunk)
  return outline.result()
}

/** The outline as it is defined. */
function shortened(value: Json | undefined): Json | undefined {
  if (typeof value === 'string') return Buffer.byteLength(JSON.stringify(value)) - 2 > 512 ? '' : value
  if (Array.isArray(value)) return value.slice(0, 8).map((element) => shortened(element)!)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shortened(member)]))
}

const long = fc.integer({ min: 500, max: 530 }).map((length) => '"\\é'.repeat(length).slice(0, length))
const { document } = fc.letrec<{ document: Json }>((tie) => ({
  document: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, true, 1.5, -20, ''),
    fc.string({ unit: 'grapheme' }),
    long,
    fc.array(tie('document'), { maxLength: 12 }),
    fc.dictionary(fc.string(), tie('document'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))

test('an outline is the document without its long parts, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), document, { maxKeys: 6, noNullPrototype: true }),
      fc.array(fc.nat(), { maxLength: 8 }),
      fc.constantFrom(0, 2),
      (body, places, indent) => {
        const expected = JSON.stringify(shortened(body))
        fc.pre(expected.length < 16_000)
        assert.deepEqual(outlineOf(JSON.stringify(body, null, indent), places), JSON.parse(expected))
      },
    ),
  )
})

test('what stands behind megabytes is in its place', () => {
  const embedding = Array.from({ length: 3_000 }, (_, index) => index / 7)
  const data = Array.from({ length: 100 }, (_, index) => ({ index, embedding }))
  const usage = { prompt_tokens: 8, total_tokens: 8 }
  const outline = outlineOf(JSON.stringify({ data, text: 'x'.repeat(3e6), model: 'm', usage }))
  assert.deepEqual([outline?.model, outline?.usage, outline?.text], ['m', usage, ''])
})

test('what is no object has no outline', () => {
  for (const text of ['', '<html>{}</html>', '[1]', '{"a":', '{"a":1}{"b":2}', '"x"', '{]', '{"a":1}x'])
    assert.equal(outlineOf(text), undefined, text)
  assert.equal(outlineOf(`{"a":${'['.repeat(300)}${']'.repeat(300)}}`), undefined)
  assert.equal(
    outlineOf(JSON.stringify(Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`k${i}`, i])))),
    undefined,
  )
})
