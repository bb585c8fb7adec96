import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parsePolicies, policyJsonSchema } from '@airs-cp/policy-engine'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

for (const path of ['docs/policies.md', 'README.md'])
  for (const [index, [, yaml]] of [...read(path).matchAll(/^```yaml\n(.*?)^```/gms)].entries())
    test(`policy ${index + 1} of ${path} is one`, () => {
      assert.ok(parsePolicies(yaml!).length > 0)
    })

test('docs/policies.md names every field of a document and every variable of a condition', () => {
  const page = read('docs/policies.md')
  const { properties } = policyJsonSchema() as { properties: Record<string, unknown> }
  const missing = Object.keys(properties).filter((field) => !page.includes(`\`${field}\``))
  assert.deepEqual(missing, [])
})
