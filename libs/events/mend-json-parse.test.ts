import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import './mend-json-parse.ts'
import { parse } from './mend-json-parse.ts'

const character = fc.constantFrom('a', 'u', '0', '"', '\\', '\n', ':', ',', '{', ' ', 'é', '世')
const name = fc.string({ unit: character, minLength: 1, maxLength: 8 })

/** A string as some writer has it: any of its characters may be escaped. */
const written = name.chain((text) =>
  fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }).map((escaped) => ({
    text,
    literal: `"${[...text].map((one, at) => (escaped[at] ? hex(one) : JSON.stringify(one).slice(1, -1))).join('')}"`,
  })),
)
const hex = (one: string) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`

let runs = 0

test('a name with escapes is read as it is, whatever was read before it at its place', () => {
  fc.assert(
    fc.property(written, fc.constantFrom('', ' ', '\n'), ({ text, literal }, space) => {
      const before = `at-${runs++}`
      const raw = literal.slice(1, -1).slice(0, text.length)
      JSON.parse(JSON.stringify({ [before]: 0, [raw]: 1 }))
      for (const read of [JSON.parse, parse]) {
        const found = read(`{"${before}":0,${literal}${space}:{${literal}:[":",{${literal}:2}]}}`)
        assert.deepEqual(found, { [before]: 0, [text]: { [text]: [':', { [text]: 2 }] } })
      }
    }),
    { numRuns: 2_000 },
  )
})

test('all other JSON is read as ever, and what is none is refused with the same words', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (json, cut) => {
      const texts = [json, json.slice(0, cut % (json.length + 1)), `{"\\u0061":${json},"b\\n" : [${json}]}`]
      for (const text of texts) {
        let expected: unknown
        try {
          expected = JSON.stringify(JSON.parse(text))
        } catch (error) {
          assert.throws(() => parse(text), { name: 'SyntaxError', message: (error as Error).message })
          continue
        }
        assert.equal(JSON.stringify(parse(text)), expected)
      }
    }),
  )
})

test('names that mean something to JavaScript, twins and a reviver are as JSON.parse has them', () => {
  const text = '{"\\u005f_proto__":{"a":1},"\\u0031":"one","x\\u0079":1,"xy":2,"list":[{"\\u0062":3}]}'
  const found = parse(text) as Record<string, unknown>
  assert.deepEqual(Object.keys(found), ['1', '__proto__', 'xy', 'list'])
  assert.equal(Object.getPrototypeOf(found), Object.prototype)
  assert.equal(found.xy, 2)
  const seen: string[] = []
  const changed = parse(text, (key, value) => {
    seen.push(key)
    return key === 'b' ? undefined : value
  }) as { list: object[] }
  assert.deepEqual(changed.list, [{}])
  assert.deepEqual(seen, ['1', 'a', '__proto__', 'xy', 'b', '0', 'list', ''])
})
