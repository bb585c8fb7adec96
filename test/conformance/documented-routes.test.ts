import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const clients = { openai: 'openai', anthropic: join('@anthropic-ai', 'sdk') }

/** Calls as the generated clients make them: `this._client.post(path `/files/${id}`, …)`. */
const call =
  /\b_client\.(get|post|put|patch|delete|getAPIList)\(\s*(?:path\s*)?(?:`([^`]*)`|'([^']*)'|"([^"]*)")?/g

/** Methods and paths of a published client, from the source that its publisher generates from the API's description. */
function routesOf(directory: string): Set<string> {
  const routes = new Set<string>()
  for (const file of globSync('resources/**/*.mjs', { cwd: directory })) {
    const source = readFileSync(join(directory, file), 'utf8')
    for (const { index, 0: whole, 1: method, 2: template, 3: single, 4: double } of source.matchAll(call)) {
      const written = template ?? single ?? double
      assert.ok(written !== undefined, `${file} calls a path that is not written there: ${whole}`)
      const path = written.replaceAll(/\$\{[^}]*\}/g, '{id}').split('?')[0]!
      const statement = source.slice(index, source.indexOf(';\n', index))
      const isList = method === 'getAPIList'
      const verb = isList ? (/\bmethod: ['"](\w+)['"]/.exec(statement)?.[1] ?? 'get') : method!
      routes.add(`${verb.toUpperCase()} ${path.startsWith('/v1/') ? path : `/v1${path}`}`)
    }
  }
  return routes
}

/** That each of these is recorded is a test of the whole stack: "no documented URL is unrecorded". */
for (const [api, name] of Object.entries(clients))
  test(`the documented routes of ${api} are those of its published client`, () => {
    const published = routesOf(join(import.meta.dirname, 'node_modules', name))
    const text = readFileSync(`libs/providers/documented/${api}.txt`, 'utf8')
    const documented = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    assert.ok(published.size > 200, `${published.size} routes were found in the client`)
    assert.deepEqual(documented.toSorted(), [...published].sort())
  })
