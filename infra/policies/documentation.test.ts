import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parsePolicies, policyJsonSchema } from '@airs-cp/policy-engine'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

const root = join(import.meta.dirname, '..', '..')
/** YAML that begins with a name is a policy; it may stand within a list. */
const policyBlock = /^( *)```yaml\n(\1name:.*?)^\1```/gms

for (const path of ['README.md', ...globSync('docs/*.md', { cwd: root })])
  for (const [index, [, indent, yaml]] of [...read(path).matchAll(policyBlock)].entries())
    test(`policy ${index + 1} of ${path} is one`, () => {
      assert.ok(parsePolicies(yaml!.replaceAll(new RegExp(`^${indent}`, 'gm'), '')).length > 0)
    })

test('docs/policies.md names every field of a document and every variable of a condition', () => {
  const page = read('docs/policies.md')
  const { properties } = policyJsonSchema() as { properties: Record<string, unknown> }
  const missing = Object.keys(properties).filter((field) => !page.includes(`\`${field}\``))
  assert.deepEqual(missing, [])
})
