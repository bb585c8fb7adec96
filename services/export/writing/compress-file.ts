import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, createZstdCompress } from 'node:zlib'

/** Compresses a file into another, which is on disk when it resolves. The same bytes make the same bytes. */
export async function compressFile(
  from: string,
  to: string,
  compression: 'gzip' | 'zstd',
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  const compressor = compression === 'gzip' ? createGzip() : createZstdCompress()
  await pipeline(createReadStream(from), compressor, meter, createWriteStream(to, { mode: 0o600 }))
  const handle = await open(to, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { bytes, sha256: hash.digest('hex') }
}
