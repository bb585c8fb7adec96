import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { policyJsonSchema } from '@airs-cp/policy-engine'
import { repositoryRoot } from '../local/data-directory.ts'
import { readVariables } from './read-variables.ts'
import { configurationTable, withTable } from './table.ts'

/** Writes the table of all variables into docs/operations.md, and the JSON Schema of policies. */
const path = join(repositoryRoot, 'docs/operations.md')
const before = readFileSync(path, 'utf8')
const after = withTable(before, configurationTable(await readVariables()))
if (after !== before) writeFileSync(path, after)
console.log(after === before ? 'docs/operations.md is current.' : 'docs/operations.md is written anew.')
writeFileSync(
  join(repositoryRoot, 'docs/policy.schema.json'),
  `${JSON.stringify(policyJsonSchema(), null, 2)}\n`,
)
