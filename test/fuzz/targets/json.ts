import assert from 'node:assert/strict'
import { createJsonOutline, editJson, findKeyConflict, parseObject } from '@airs-cp/providers'
import fc, { type JsonValue } from 'fast-check'
import { cutAt } from '../../support/cut-at.ts'
import { mutated } from '../mutated.ts'
import { defineTarget } from '../target.ts'

const spacing = fc.constantFrom('', ' ', '\n\t', '\r\n')
const key = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  fc.constantFrom('model', 'Model', 'messages', '__proto__', '', 'a/b', '~0', 'ſtream', 'K'),
)
const documents = fc
  .tuple(fc.dictionary(key, fc.jsonValue({ stringUnit: 'binary' }), { maxKeys: 12 }), spacing)
  .map(([value, indent]) => JSON.stringify(value, null, indent))
const words = [
  '"',
  '\\',
  '\\u',
  '\\ud800',
  '{"a":',
  '[',
  ']',
  '}',
  ',',
  '1e400',
  '-0',
  'null',
  '{"a":1,"a":2}',
]

export const outline = defineTarget({
  name: 'JSON outlines: the same however they are cut, and what they keep is what was said',
  input: fc.tuple(mutated(documents, words), fc.array(fc.nat())),
  check([bytes, cuts]) {
    const read = (chunks: Buffer[]) => {
      const outline = createJsonOutline()
      for (const chunk of chunks) outline.push(chunk)
      return outline.result()
    }
    const whole = read([bytes])
    assert.deepEqual(read(cutAt(bytes, cuts)), whole)
    const value = parseObject(bytes.toString())
    if (value && whole) assertShortened(whole, value, '')
    if (value && bytes.length < 512 && !bytes.includes('\ufffd'))
      assert.ok(whole, 'a short object has an outline')
  },
})

/** Strings may be empty in an outline, and lists may be cut; all else is as it was. */
function assertShortened(outline: unknown, value: unknown, place: string): void {
  if (typeof value === 'string' && outline === '') return
  if (Array.isArray(value) && Array.isArray(outline)) {
    assert.ok(outline.length <= value.length, `${place} has grown`)
    for (const [at, element] of outline.entries()) assertShortened(element, value[at], `${place}/${at}`)
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    assert.ok(typeof outline === 'object' && outline !== null, `${place} is no object`)
    for (const [name, member] of Object.entries(outline))
      assertShortened(member, (value as Record<string, unknown>)[name], `${place}/${name}`)
  } else assert.deepEqual(outline, value, place)
}

export const edits = defineTarget({
  name: 'edits of JSON: one string changes, and every other byte stays',
  input: fc.tuple(
    fc.dictionary(key, fc.jsonValue({ stringUnit: 'binary' }), { maxKeys: 8 }) as fc.Arbitrary<JsonValue>,
    fc.nat(),
    fc.string({ unit: 'binary' }),
    spacing,
  ),
  check([value, which, text, indent]) {
    const written = JSON.stringify(value, null, indent)
    const strings = [...stringsOf(value, '')]
    if (strings.length === 0) return
    const { path, text: before } = strings[which % strings.length]!
    const edited = editJson(written, [{ path, text }])
    assert.deepEqual(
      [...stringsOf(JSON.parse(edited), '')],
      strings.map((one) => (one.path === path ? { path, text: text.toWellFormed() } : one)).map(wellFormed),
    )
    const [quoted, changed] = [JSON.stringify(before), JSON.stringify(text)]
    assert.equal(edited.length - written.length, changed.length - quoted.length)
    assert.equal(findKeyConflict(written, new Set(), 'exact'), undefined)
  },
})

const wellFormed = ({ path, text }: { path: string; text: string }) => ({ path, text })

function* stringsOf(value: JsonValue, path: string): Generator<{ path: string; text: string }> {
  if (typeof value === 'string') yield { path, text: value }
  else if (Array.isArray(value))
    for (const [at, one] of value.entries()) yield* stringsOf(one, `${path}/${at}`)
  else if (typeof value === 'object' && value !== null)
    for (const [name, one] of Object.entries(value))
      yield* stringsOf(one as JsonValue, `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
}
