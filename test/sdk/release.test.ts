import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { buildRelease } from '../../infra/release/build-release.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const root = join(import.meta.dirname, '..', '..')

test('two builds of a commit give the same bytes', { timeout: 300_000 }, async () => {
  const directory = makeTemporaryDirectory()
  try {
    const build = async (name: string) => {
      const out = join(directory.path, name)
      const files = await buildRelease(root, 'HEAD', out)
      return new Map(files.map((file) => [file, readFileSync(join(out, file))]))
    }
    const [first, second] = [await build('first'), await build('second')]
    const names = [...first.keys()].map((name) => name.replace(/\d+\.\d+\.\d+/, 'VERSION'))
    assert.deepEqual(names, [
      'airs-cp-VERSION.cdx.json',
      'airs-cp-VERSION.tar.gz',
      'airs-cp-sdk-VERSION.tgz',
      'airs_cp_sdk-VERSION-py3-none-any.whl',
      'SHA256SUMS',
    ])
    for (const [name, bytes] of first) assert.ok(bytes.equals(second.get(name)!), name)
    const source = gunzipSync([...first].find(([name]) => name.endsWith('.tar.gz'))![1])
    assert.ok(source.includes('services/ingress/main.ts'))
  } finally {
    directory.remove()
  }
})
