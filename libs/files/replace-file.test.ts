import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeTemporaryDirectory } from '../../test/support/temporary-directory.ts'
import { replaceFile, replaceFileSync } from './replace-file.ts'

const ways = {
  replaceFile,
  replaceFileSync: async (...given: Parameters<typeof replaceFileSync>) => replaceFileSync(...given),
}

for (const [name, replace] of Object.entries(ways)) {
  test(`${name} makes a file and replaces it, for its owner alone, and leaves nothing beside it`, async (t) => {
    const { path, remove } = makeTemporaryDirectory()
    t.after(remove)
    const file = join(path, 'file')
    await replace(file, 'one')
    await replace(file, Buffer.from('two'))
    assert.equal(readFileSync(file, 'utf8'), 'two')
    assert.equal(statSync(file).mode & 0o777, 0o600)
    await replace(file, 'three', { mode: 0o644 })
    assert.equal(statSync(file).mode & 0o777, 0o644)
    assert.deepEqual(readdirSync(path), ['file'])
  })

  test(`${name} many times at once leaves the content given last`, async (t) => {
    const { path, remove } = makeTemporaryDirectory()
    t.after(remove)
    const file = join(path, 'file')
    const contents = Array.from({ length: 20 }, (_, index) => String(index).repeat(50_000))
    await Promise.all(contents.map((content) => replace(file, content)))
    assert.equal(readFileSync(file, 'utf8'), contents.at(-1))
    assert.deepEqual(readdirSync(path), ['file'])
  })

  test(`${name} that fails leaves nothing`, async (t) => {
    const { path, remove } = makeTemporaryDirectory()
    t.after(remove)
    mkdirSync(join(path, 'folder', 'full'), { recursive: true })
    await assert.rejects(replace(join(path, 'folder'), 'text'))
    await assert.rejects(replace(join(path, 'missing', 'file'), 'text'), { code: 'ENOENT' })
    assert.deepEqual(readdirSync(path), ['folder'])
  })
}
