import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')

for (const heading of ['attacker', 'attack'])
  test(`each row of the table of "${heading}" in SECURITY.md names tests that there are`, () => {
    const document = readFileSync(join(root, 'SECURITY.md'), 'utf8')
    const table = document.slice(document.indexOf(`| ${heading} |`)).split('\n\n')[0]!
    const rows = table.split('\n').slice(2)
    assert.ok(rows.length >= 10)
    for (const row of rows) {
      const named = [
        ...row
          .split('|')
          .at(-2)!
          .matchAll(/`([\w/-]+)`/g),
      ].map(([, path]) => path!)
      assert.ok(named.length > 0, row)
      for (const path of named)
        assert.ok(
          [`${path}.test.ts`, `${path}/run.ts`].some((file) => existsSync(join(root, file))),
          `SECURITY.md names ${path}, which is no test`,
        )
    }
  })
