import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { repositoryRoot } from '../local/data-directory.ts'
import { billOfMaterials, type Lockfile } from './bill-of-materials.ts'

type Bom = {
  serialNumber: string
  components: { name: string; version: string; purl: string; hashes?: { content: string }[] }[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

const read = (lockfile: Lockfile) => billOfMaterials(lockfile, '1.2.3', new Date(0)) as Bom

test('names what runs, with digests, and nothing that is for development alone', () => {
  const lockfile: Lockfile = JSON.parse(readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8'))
  const { components, dependencies } = read(lockfile)
  const names = components.map(({ purl }) => purl)
  assert.ok(names.some((purl) => purl.startsWith('pkg:npm/kysely@')))
  assert.ok(names.some((purl) => purl.startsWith('pkg:npm/%40nats-io/jetstream@')))
  assert.ok(!names.some((purl) => purl.includes('fast-check')))
  for (const { purl, hashes } of components) assert.match(hashes?.[0]?.content ?? '', /^[0-9a-f]{128}$/, purl)
  const refs = new Set(names)
  for (const { ref, dependsOn } of dependencies) {
    assert.ok(ref === 'airs-cp@1.2.3' || refs.has(ref), ref)
    for (const one of dependsOn) assert.ok(refs.has(one), one)
  }
})

test('finds the version that a package gets, where there are two', () => {
  const { dependencies } = read({
    packages: {
      '': { dependencies: { a: '1', b: '2' } },
      'node_modules/a': { version: '1.0.0', dependencies: { b: '1' } },
      'node_modules/a/node_modules/b': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0' },
      'node_modules/c': { version: '1.0.0', dev: true },
    },
  })
  assert.deepEqual(dependencies, [
    { ref: 'airs-cp@1.2.3', dependsOn: ['pkg:npm/a@1.0.0', 'pkg:npm/b@2.0.0'] },
    { ref: 'pkg:npm/a@1.0.0', dependsOn: ['pkg:npm/b@1.0.0'] },
    { ref: 'pkg:npm/b@1.0.0', dependsOn: [] },
    { ref: 'pkg:npm/b@2.0.0', dependsOn: [] },
  ])
})
