import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { argumentsIn, isBroken } from './arguments-in.ts'

test('JSON that names no member twice is read, whatever it says and however it is written', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t', '\r\n '), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent)
      const wrapped = typeof value === 'string'
      if (!wrapped) assert.deepEqual(argumentsIn(text), JSON.parse(text))
    }),
  )
})

test('a member that is named twice, at any place, makes arguments that nobody can read in one way', () => {
  const twice = fc.tuple(fc.string(), fc.jsonValue(), fc.jsonValue()).map(([name, first, second]) => {
    const member = (value: unknown) => `${JSON.stringify(name)} : ${JSON.stringify(value)}`
    return `{${member(first)},"and":[],${member(second)}}`
  })
  fc.assert(
    fc.property(twice, fc.string(), (object, name) => {
      for (const text of [object, `[1, ${object}]`, `{${JSON.stringify(name)}: {"x": ${object}}}`])
        assert.ok(isBroken(argumentsIn(text)), text)
    }),
  )
  assert.ok(isBroken(argumentsIn('{"amount":99999,"\\u0061mount":5}')))
  assert.ok(isBroken(argumentsIn(JSON.stringify('{"amount":99999,"amount":5}'))))
})
