import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { directiveNames, mockFaults } from './directives.ts'

test('every directive of the mock is documented', () => {
  const page = readFileSync(new URL('../../../docs/providers.md', import.meta.url), 'utf8')
  const documented = page.slice(page.indexOf('## The mock provider'), page.indexOf('## Usage and cost'))
  for (const name of directiveNames) assert.match(documented, new RegExp(`[\`\\s]${name}=`), name)
  for (const fault of mockFaults) assert.ok(documented.includes(`\`fault=${fault}\``), fault)
})
