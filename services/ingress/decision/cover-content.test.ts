import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coverOfUnjudged } from './cover-content.ts'

const [small, large] = [Buffer.alloc(1_000), Buffer.alloc(1024 * 1024)]

test('a refused request is recorded as the client sent it', () => {
  for (const body of [small, large])
    assert.equal(coverOfUnjudged('redacted', undefined, false).request(body), undefined)
})

test('of a large one by somebody without a key no content is recorded: strangers cannot fill the disk', () => {
  const cover = coverOfUnjudged('full', undefined, true)
  assert.equal(cover.request(small), undefined)
  assert.equal(cover.request(large), null)
})

test('digests stay digests', () => {
  assert.equal(coverOfUnjudged('digests', undefined, true).request(small), null)
})
