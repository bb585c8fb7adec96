import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Json, JsonObject } from './json.ts'
import { toolDigest, toolsOf } from './tool-digest.ts'

const json = fc.jsonValue() as fc.Arbitrary<Json>
const definition = fc.dictionary(fc.string({ maxLength: 8 }), json) as fc.Arbitrary<JsonObject>

test('the order of members and `_meta` do not count', () => {
  fc.assert(
    fc.property(definition, json, (tool, meta) => {
      const turned = Object.fromEntries(Object.entries(tool).reverse())
      assert.equal(toolDigest({ ...turned, _meta: meta }), toolDigest({ ...tool, _meta: undefined }))
    }),
  )
})

test('whatever else changes is another definition', () => {
  fc.assert(
    fc.property(definition, fc.string(), fc.string({ minLength: 1 }), (tool, description, more) => {
      const before = toolDigest({ ...tool, name: 'a', description })
      assert.notEqual(toolDigest({ ...tool, name: 'a', description: description + more }), before)
      assert.notEqual(
        toolDigest({ ...tool, name: 'a', description, inputSchema: { [more]: 1 } }),
        toolDigest({ ...tool, name: 'a', description, inputSchema: {} }),
      )
    }),
  )
})

test('only what has a name is a tool', () => {
  fc.assert(
    fc.property(fc.array(json), (tools) => {
      for (const { name, sha256 } of toolsOf({ tools })) {
        assert.equal(typeof name, 'string')
        assert.match(sha256, /^[0-9a-f]{64}$/)
      }
    }),
  )
  assert.deepEqual(toolsOf(undefined), [])
})
