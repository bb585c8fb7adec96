import assert from 'node:assert/strict'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, describe, test } from 'node:test'
import { sha256Hex } from '@airs-cp/events'
import { openPartFile } from './part-file.ts'

const root = mkdtempSync(join(tmpdir(), 'airs-part-'))
after(() => rmSync(root, { recursive: true }))
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(root, 'f-'))
})

describe('a part file', () => {
  test('gets the final name when it is complete, and is for its user alone', async () => {
    const part = await openPartFile(join(folder, 'f'), 'begin')
    await part.write(Buffer.from('one '))
    await part.write(Buffer.from('two'))
    assert.deepEqual(readdirSync(folder), ['f.part'])
    await part.complete()
    assert.deepEqual(readdirSync(folder), ['f'])
    assert.equal(readFileSync(join(folder, 'f'), 'utf8'), 'one two')
    assert.equal(statSync(join(folder, 'f')).mode & 0o777, 0o600)
  })

  test('is gone on behind what is there', async () => {
    const first = await openPartFile(join(folder, 'f'), 'begin')
    await first.write(Buffer.from('one '))
    await first.close()
    const second = await openPartFile(join(folder, 'f'), 'resume')
    assert.equal(second.resume.bytes, 4)
    assert.equal(second.resume.hash.copy().digest('hex'), sha256Hex('one '))
    await second.write(Buffer.from('two'))
    await second.complete()
    assert.equal(readFileSync(join(folder, 'f'), 'utf8'), 'one two')
  })

  test('that begins anew forgets what is there, and leaves an earlier file alone until it is complete', async () => {
    writeFileSync(join(folder, 'f'), 'old')
    writeFileSync(join(folder, 'f.part'), 'rest of another')
    const part = await openPartFile(join(folder, 'f'), 'begin')
    await part.write(Buffer.from('new'))
    assert.equal(readFileSync(join(folder, 'f'), 'utf8'), 'old')
    await part.discard()
    assert.deepEqual(readdirSync(folder), ['f'])
  })

  test('replaces the file behind a link, not the link', async () => {
    mkdirSync(join(folder, 'there'))
    writeFileSync(join(folder, 'there', 'g'), '')
    symlinkSync(join('there', 'g'), join(folder, 'f'))
    const part = await openPartFile(join(folder, 'f'), 'begin')
    await part.write(Buffer.from('new'))
    await part.complete()
    assert.equal(readFileSync(join(folder, 'there', 'g'), 'utf8'), 'new')
    assert.deepEqual(readdirSync(join(folder, 'there')), ['g'])
  })

  test('never takes the place of a device or a folder', async () => {
    await assert.rejects(openPartFile('/dev/null', 'begin'), { exitCode: 2, message: /is not a file/ })
    await assert.rejects(openPartFile(folder, 'begin'), { exitCode: 2, message: /is not a file/ })
    await assert.rejects(openPartFile(join(folder, 'none', 'f'), 'begin'), {
      exitCode: 1,
      message: /make it first/,
    })
  })
})
