import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rawJson, rawValues, replaceMember, setMember, writeJson } from './raw-json.ts'

test('writing is what JSON.stringify writes, but for the raw pieces', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(writeJson(value as never), JSON.stringify(value))
    }),
  )
  assert.equal(writeJson({ a: [rawJson('{ "n": 1.0 }'), null], b: undefined }), '{"a":[{ "n": 1.0 },null]}')
})

test('raw values are found at any place of any JSON, with their exact text', () => {
  const spaced = (value: unknown) => JSON.stringify(value, null, 2)
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (a, b, input) => {
      const text = `{ "x": ${spaced(a)},\n"list" :[${spaced(b)} , {"in\\u0070ut":${spaced(input)},"y":${spaced(a)}}],"z":0}`
      const found = rawValues(text, [['list', '*', 'input'], ['z']])
      assert.equal(found.get('/list/1/input'), spaced(input))
      assert.equal(found.get('/z'), '0')
    }),
  )
})

test('the last of two members of one name counts, as in JSON.parse', () => {
  assert.equal(rawValues('{"a":1,"a":2}', [['a']]).get('/a'), '2')
})

test('a place within a found place is found too', () => {
  const found = rawValues('{"a":[{"b":1.50}]}', [['a'], ['a', '*', 'b']])
  assert.deepEqual(
    [...found],
    [
      ['/a/0/b', '1.50'],
      ['/a', '[{"b":1.50}]'],
    ],
  )
})

test('a member is replaced and every other byte stays', () => {
  assert.equal(
    replaceMember('{ "n":1.0, "model" : "a" ,"x":{"model":"b"} }', 'model', 'é"'),
    '{ "n":1.0, "model" : "é\\"" ,"x":{"model":"b"} }',
  )
  assert.equal(replaceMember('{"n":1}', 'model', 'x'), '{"n":1}')
})

test('a member is set where there was none', () => {
  assert.equal(setMember(' {"n":1.0}', 'model', 'x'), ' {"model":"x","n":1.0}')
  assert.equal(setMember('{ }', 'model', 'x'), '{"model":"x" }')
  assert.equal(setMember('{"model":"x"}', 'model', 'x'), '{"model":"x"}')
  assert.equal(setMember('{"model":null,"n":1}', 'model', 'x'), '{"model":"x","n":1}')
})
