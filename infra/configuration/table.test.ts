import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { repositoryRoot } from '../local/data-directory.ts'
import { readVariables } from './read-variables.ts'
import { configurationTable, withTable } from './table.ts'

test('the table in docs/operations.md is what the code says', async () => {
  const document = readFileSync(join(repositoryRoot, 'docs/operations.md'), 'utf8')
  const made = withTable(document, configurationTable(await readVariables()))
  assert.equal(document, made, 'run: npm run document')
})

test('a variable has the default and the readers that its schemas say', async () => {
  const variables = await readVariables()
  const find = (name: string) => variables.find((variable) => variable.name === name)
  assert.deepEqual(find('AIRS_DRAIN_TIMEOUT_MS'), {
    name: 'AIRS_DRAIN_TIMEOUT_MS',
    readers: ['ingress'],
    default: '10000',
    isRequired: false,
  })
  assert.equal(find('AIRS_FINGERPRINT_KEY')?.isRequired, true)
  assert.deepEqual(find('AIRS_TOKENS_FILE')?.readers, ['policy', 'audit', 'lineage', 'export'])
})

test('a variable that nobody explains, or that nobody reads, is an error', async () => {
  const variables = await readVariables()
  const unexplained = { name: 'AIRS_NEW', readers: ['ingress'], default: undefined, isRequired: false }
  assert.throws(() => configurationTable([...variables, unexplained]), /AIRS_NEW/)
  assert.throws(() => configurationTable(variables.slice(1)), /AIRS_HOST/)
})
