import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import openapiTypescript, { astToString } from 'openapi-typescript'

const root = join(import.meta.dirname, '..')
const document = join(root, '..', '..', '..', 'docs', 'openapi.json')
const target = join(root, 'src', 'api', 'schema.generated.ts')

/** Writes the types of all control APIs, which the pages are checked against. A build needs none of them. */
const text = `${astToString(await openapiTypescript(pathToFileURL(document), { alphabetize: true }))}`
if (read(target) !== text) writeFileSync(target, text)

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
