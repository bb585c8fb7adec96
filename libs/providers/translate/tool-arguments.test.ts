import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { argumentsObject } from './tool-arguments.ts'

const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), {
  maxKeys: 4,
  noNullPrototype: true,
})

test('whatever the arguments are, an object comes of them', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.jsonValue(), object), (value) => {
      const read = JSON.parse(argumentsObject(value).json) as unknown
      assert.ok(typeof read === 'object' && read !== null && !Array.isArray(read))
    }),
  )
})

test('arguments that are an object keep their bytes', () => {
  fc.assert(
    fc.property(object, fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      assert.deepEqual(argumentsObject(text), { json: text, isWhole: true })
    }),
  )
})

test('of arguments that were cut, whole members stay as they were', () => {
  fc.assert(
    fc.property(object, fc.nat(), (value, at) => {
      const text = JSON.stringify(value)
      const cut = 1 + (at % (text.length - 1))
      const { json } = argumentsObject(text.slice(0, cut))
      const read = JSON.parse(json) as Record<string, unknown>
      const whole = Object.entries(value).slice(0, Math.max(Object.keys(read).length - 1, 0))
      for (const [key, member] of whole) assert.deepEqual(read[key], JSON.parse(JSON.stringify(member)))
    }),
  )
  assert.equal(argumentsObject('{"a": 1, "b": [1, {"c": "x').json, '{"a": 1, "b": [1, {"c": "x"}]}')
  assert.equal(argumentsObject('{"a": 1, "b').json, '{"a": 1}')
  assert.equal(argumentsObject('{"a": 1, "b": tr').json, '{"a": 1}')
})

test('what is no JSON at all is kept as a text', () => {
  assert.equal(argumentsObject("{'a': 1}").json, `{"__raw":"{'a': 1}"}`)
  assert.equal(argumentsObject('[1]').json, '{"__raw":"[1]"}')
  for (const nothing of ['', ' ', 'null', null, undefined]) assert.equal(argumentsObject(nothing).json, '{}')
})
