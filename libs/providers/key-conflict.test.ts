import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atOnce } from '@airs-cp/events'
import fc from 'fast-check'
import { findKeyConflict, keyConflictInSlices } from './key-conflict.ts'

const fields = new Set(['messages', 'model', 'content', 'tools'])

test('what two readers may take for different things is found, with its place', () => {
  const cases: [string, string][] = [
    ['{"a":1,"a":2}', '/a'],
    ['{"a":1,"\\u0061":2}', '/a'],
    ['{"model":"x","messages":[],"Messages":[]}', '/Messages'],
    ['{"messages":[{"content":"hi","Content":"secret"}]}', '/messages/0/Content'],
    ['{"me\\u017f\\u017fages":[]}', '/meſſages'],
    ['{"x":{"y":[{"b":1},{"\\u212a":1,"k":2}]}}', '/x/y/1/k'],
    ['{"Tools":[]}', '/Tools'],
  ]
  for (const [text, path] of cases) assert.equal(findKeyConflict(text, fields)?.path, path, text)
})

test('names that a schema lists may be equal but for case, and may not occur twice', () => {
  const body = (schema: string) =>
    `{"model":"m","tools":[{"type":"function","function":{"parameters":${schema}}}]}`
  for (const schema of [
    '{"properties":{"id":{},"ID":{}}}',
    '{"properties":{"where":{"anyOf":[{"properties":{"from":{},"From":{}}}]}}}',
    '{"$defs":{"Item":{},"item":{}},"patternProperties":{"^k":{},"^\u212a":{}}}',
    '{"dependentRequired":{"a":["B"],"A":[]},"properties":{"Model":{},"model":{}}}',
  ])
    assert.equal(findKeyConflict(body(schema), fields), undefined, schema)
  for (const [schema, path] of [
    ['{"properties":{"id":{},"id":{}}}', '/properties/id'],
    ['{"properties":{"id":{"description":"a","Description":"b"}}}', '/properties/id/Description'],
    ['{"Properties":{},"properties":{}}', '/properties'],
  ] as const)
    assert.equal(findKeyConflict(body(schema), fields)?.path, `/tools/0/function/parameters${path}`, schema)
})

test('of a call of JSON-RPC its parameters are read by name, too', () => {
  const ofCall = new Set(['method', 'params', 'name', 'arguments'])
  for (const [text, path] of [
    ['{"method":"tools/call","params":{"Name":"wipe"}}', '/params/Name'],
    ['{"params":{"name":"a","Arguments":{}}}', '/params/Arguments'],
  ] as const)
    assert.equal(findKeyConflict(text, ofCall)?.path, path)
  for (const text of ['{"params":{"name":"a","arguments":{"Name":1}}}', '{"x":{"Name":1},"params":{}}'])
    assert.equal(findKeyConflict(text, ofCall), undefined)
})

test('what every reader takes for the same passes', () => {
  for (const text of [
    '{}',
    '[]',
    '{"a":{"a":1},"b":[{"a":1},{"a":1}]}',
    '{"x":{"y":{"Content":1}}}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
  ])
    assert.equal(findKeyConflict(text, fields), undefined, text)
})

test('no JSON that was written by JSON.stringify has a member twice', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      assert.equal(findKeyConflict(JSON.stringify(value, undefined, indent), new Set(), 'exact'), undefined)
    }),
  )
})

test('wherever slices end, in strings and between escapes, the same is found', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'M', '"', '\\', '{', ':', ',', ' '), maxLength: 8 })
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, text, fc.integer(), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.dictionary(fc.oneof(text, fc.constantFrom('model', 'Model', 'messages')), tie('value'), {
      maxKeys: 6,
    }),
  }))
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 9 }), (json, characters) => {
      const written = JSON.stringify(json)
      assert.deepEqual(
        atOnce(keyConflictInSlices(written, fields, 'folded', characters)),
        findKeyConflict(written, fields),
      )
    }),
    { numRuns: 500 },
  )
})
