import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { contract, openApi } from '@airs-cp/control-api'
import { Validator } from '@seriousme/openapi-schema-validator'
import { generatedDocuments } from './documents.ts'

describe('generated documents', () => {
  for (const [name, text] of Object.entries(generatedDocuments()))
    test(`docs/${name} is current (npm run document)`, () => {
      assert.equal(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8'), text)
    })
})

describe('the OpenAPI document', () => {
  test('is valid by the schema of OpenAPI 3.1, closed or open', async () => {
    for (const closed of [false, true]) {
      const validator = new Validator()
      const { valid, errors } = await validator.validate(openApi({ version: '1', closed }))
      assert.equal(valid, true, JSON.stringify(errors))
      assert.equal(validator.version, '3.1')
    }
  })

  test('has every endpoint, each with its own id, its role and a response', () => {
    const { paths } = openApi({ version: '1' }) as { paths: Record<string, Record<string, Operation>> }
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
    const routes = Object.values(contract).flatMap((resources) =>
      Object.values(resources).flatMap(Object.keys),
    )
    assert.equal(operations.length, new Set(routes).size)
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length)
    for (const { operationId, responses, security, ...operation } of operations) {
      assert.ok(operation['x-airs-role'] !== undefined || security?.length === 0, operationId)
      assert.ok(
        Object.keys(responses).some((status) => status.startsWith('2')),
        operationId,
      )
    }
  })

  test('refers only to schemas that it has', () => {
    const text = JSON.stringify(openApi({ version: '1' }))
    const { components } = JSON.parse(text) as { components: { schemas: object } }
    const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!)
    assert.ok(names.length > 100)
    for (const name of names) assert.ok(name in components.schemas, name)
  })

  test('names every field in camelCase, apart from what is recorded', () => {
    const { components } = openApi({ version: '1' }) as { components: { schemas: Record<string, unknown> } }
    const names = Object.values(components.schemas).flatMap(propertyNames)
    assert.ok(names.length > 100)
    assert.deepEqual(
      names.filter((name) => !/^[a-z][a-zA-Z0-9]*$/.test(name)),
      [],
    )
  })
})

type Operation = {
  operationId: string
  responses: object
  security?: unknown[]
  'x-airs-role'?: string
}

function propertyNames(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { properties = {} } = schema as { properties?: object }
  return [...Object.keys(properties), ...Object.values(schema).flatMap(propertyNames)]
}
