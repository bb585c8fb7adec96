import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { createByteBudget } from './byte-budget.ts'
import { isPacked, unpackBody } from './unpack-body.ts'

const mebibyte = 1024 * 1024
const packers = {
  gzip: gzipSync,
  'x-gzip': gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
}
const room = (bytes = 64 * mebibyte) => createByteBudget(bytes, bytes).open(true)
const body = Buffer.from(
  JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'é'.repeat(100_000) }] }),
)

for (const [encoding, pack] of Object.entries(packers)) {
  test(`a body in ${encoding} is unpacked`, async () => {
    assert.deepEqual(await unpackBody(pack(body), encoding.toUpperCase(), mebibyte, room()), body)
    assert.deepEqual(await unpackBody(pack(Buffer.alloc(0)), encoding, mebibyte, room()), Buffer.alloc(0))
  })

  test(`a small body in ${encoding} that holds a large one ends at the limit`, async () => {
    const bomb = pack(Buffer.alloc(32 * mebibyte))
    await assert.rejects(unpackBody(bomb, encoding, mebibyte, room()), { reason: 'too-large' })
    const budget = createByteBudget(mebibyte, mebibyte)
    const lease = budget.open(true)
    await assert.rejects(unpackBody(bomb, encoding, 64 * mebibyte, lease), { reason: 'no-room' })
    assert.ok(budget.usedBytes() <= mebibyte)
  })

  test(`a body that is not ${encoding}, or not whole, is refused in words`, async () => {
    const broken = { error: { status: 400, code: 'invalid_encoding' } }
    const refused = async (bytes: Buffer) =>
      assert.rejects(unpackBody(bytes, encoding, mebibyte, room()), ({ error }) => {
        assert.deepEqual({ status: error.status, code: error.code }, broken.error)
        return true
      })
    await refused(Buffer.from('{"model":"m"}'))
    await refused(pack(body).subarray(0, 40))
  })
}

test('other encodings, and several of them, are refused by name', async () => {
  for (const encoding of ['gzip, gzip', 'compress', 'aws-chunked', 'constructor'])
    await assert.rejects(unpackBody(body, encoding, mebibyte, room()), ({ error }) => {
      assert.equal(error.status, 415)
      assert.match(error.message, /gzip, x-gzip, deflate, br, zstd/)
      return true
    })
})

test('a body without an encoding is not packed', () => {
  assert.deepEqual([undefined, '', 'identity', 'Identity', 'gzip'].map(isPacked), [
    false,
    false,
    false,
    false,
    true,
  ])
})
