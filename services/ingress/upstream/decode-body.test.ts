import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { decoding } from './decode-body.ts'

/** What comes out of a response that comes in these chunks. */
function decoded(encoding: string, chunks: readonly Buffer[]): Promise<string> {
  return new Promise((resolve) => {
    const got: Buffer[] = []
    const handler = decoding('p', {
      head: (_status, headers) => assert.equal(headers['content-encoding'], undefined),
      data: (chunk) => void got.push(chunk),
      end: () => resolve(Buffer.concat(got).toString()),
      error: (error) => resolve(`error: ${(error as { code?: string }).code}`),
    })
    const source = { pause() {}, resume() {}, abort() {} }
    handler.head(200, { 'content-encoding': encoding }, source)
    for (const chunk of chunks) handler.data(chunk)
    handler.end()
  })
}

const packers = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync }

for (const [encoding, pack] of Object.entries(packers))
  test(`a response in ${encoding} is unpacked however it is cut, and needs no body`, async () => {
    const text = 'é'.repeat(500)
    const packed = pack(Buffer.from(text))
    assert.equal(await decoded(encoding, [packed]), text)
    assert.equal(
      await decoded(
        encoding,
        [...packed].map((byte) => Buffer.from([byte])),
      ),
      text,
    )
    assert.equal(await decoded(encoding, [packed.subarray(0, -1)]), 'error: upstream_malformed')
    assert.equal(await decoded(encoding, []), '')
  })
