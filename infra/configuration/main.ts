import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../local/data-directory.ts'
import { generatedDocuments } from './documents.ts'
import { readVariables } from './read-variables.ts'
import { configurationTable, withTable } from './table.ts'

/** Writes the table of all variables into docs/operations.md, the JSON Schema of policies, the OpenAPI document and the table of endpoints. */
const path = join(repositoryRoot, 'docs/operations.md')
const before = readFileSync(path, 'utf8')
const after = withTable(before, configurationTable(await readVariables()))
if (after !== before) writeFileSync(path, after)
console.log(after === before ? 'docs/operations.md is current.' : 'docs/operations.md is written anew.')
for (const [name, text] of Object.entries(generatedDocuments()))
  writeFileSync(join(repositoryRoot, 'docs', name), text)
