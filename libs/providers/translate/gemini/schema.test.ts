import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isObject, type JsonObject } from '../../json.ts'
import { writeJson } from '../../raw-json.ts'
import { schemaForGemini } from './schema-for-gemini.ts'
import { schemaFromGemini } from './schema-from-gemini.ts'

function convert(schema: object, raw = JSON.stringify(schema)) {
  const ignored: string[] = []
  const written = writeJson(schemaForGemini(schema as JsonObject, raw, 'schema', ignored))
  return { written, json: JSON.parse(written) as JsonObject, ignored }
}

const leaf = fc.constantFrom(
  { type: 'string' },
  { type: 'integer', minimum: 0 },
  { const: 'x' },
  { $ref: '#/definitions/a' },
)
const refused = fc.constantFrom(
  '$schema',
  'multipleOf',
  'uniqueItems',
  'patternProperties',
  'not',
  'if',
  'propertyNames',
)
const { schema: anySchema } = fc.letrec<{ schema: object }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc
      .tuple(
        fc.dictionary(fc.constantFrom('const', 'not', 'allOf', 'name', '$schema', '__proto'), tie('schema'), {
          maxKeys: 3,
        }),
        fc.array(tie('schema'), { maxLength: 2 }),
        fc.option(refused, { nil: 'title' }),
        fc.constantFrom('allOf', 'anyOf', 'oneOf'),
      )
      .map(([properties, several, other, group]) => ({
        type: 'object',
        properties,
        [group]: several,
        [other]: 'x',
      })),
  ),
}))

function* keywordsIn(schema: unknown): Generator<string> {
  if (!isObject(schema)) return
  for (const [keyword, value] of Object.entries(schema)) {
    yield keyword
    if ((keyword === 'properties' || keyword === '$defs') && isObject(value))
      for (const one of Object.values(value)) yield* keywordsIn(one)
    else if (Array.isArray(value)) for (const one of value) yield* keywordsIn(one)
    else yield* keywordsIn(value)
  }
}

test('whatever a client declares, Gemini gets documented keywords only', () => {
  const known = /^(?:type|minimum|enum|\$ref|properties|anyOf|oneOf|title)$/
  fc.assert(
    fc.property(anySchema, (schema) => {
      for (const keyword of keywordsIn(convert(schema).json)) assert.match(keyword, known)
    }),
  )
})

test('a schema of documented keywords keeps its bytes, and converting again changes nothing', () => {
  const raw = '{ "type": "object", "properties": { "n": { "type": "number", "maximum": 7.0 } } }'
  assert.equal(convert(JSON.parse(raw) as object, raw).written, raw)
  fc.assert(
    fc.property(anySchema, (schema) => {
      const once = convert(schema)
      assert.deepEqual(convert(once.json), { written: once.written, json: once.json, ignored: [] })
    }),
  )
})

test('every property of an object is still there', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), anySchema, { maxKeys: 4 }), (properties) => {
      const { json } = convert({ type: 'object', properties, $schema: 'x' })
      assert.deepEqual(Object.keys(json.properties as object), Object.keys(properties))
    }),
  )
})

test('what cannot be expressed is named', () => {
  const { ignored } = convert({
    type: 'object',
    properties: { at: { type: 'array', uniqueItems: true, items: { not: { type: 'string' } } } },
    allOf: [{ title: 'a' }, { title: 'b' }],
  })
  assert.deepEqual(ignored, [
    'schema.properties.at.items.not',
    'schema.properties.at.uniqueItems',
    'schema.allOf[1].title',
  ])
})

test('Gemini’s own schema becomes a JSON schema that allows the same values', () => {
  const converted = schemaFromGemini({
    type: 'OBJECT',
    properties: {
      any_of: { any_of: [{ type: 'STRING' }, { type: 'INTEGER' }], nullable: true },
      list: { type: 'ARRAY', max_items: '3' },
    },
    property_ordering: ['list'],
  })
  assert.deepEqual(converted, {
    type: 'object',
    properties: {
      any_of: { anyOf: [{ type: 'string' }, { type: 'integer' }, { type: 'null' }] },
      list: { type: 'array', maxItems: 3 },
    },
  })
})
