import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  type Gunzip,
} from 'node:zlib'
import { noRoom, tooLarge } from './body-error.ts'
import type { ByteLease } from './byte-budget.ts'
import { createCollector } from './collect-bytes.ts'
import { Refusal } from './refusal.ts'

const decoders: Record<string, () => Gunzip> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress as unknown as () => Gunzip,
}

/** Whether a body with this `Content-Encoding` has to be unpacked before it can be read. */
export function isPacked(encoding: string | undefined): encoding is string {
  return encoding !== undefined && encoding !== '' && encoding.toLowerCase() !== 'identity'
}

/** Undefined for an encoding that is not known here, and for several of them on top of each other. */
export function createDecoder(encoding: string): Gunzip | undefined {
  const name = encoding.trim().toLowerCase()
  return Object.hasOwn(decoders, name) ? decoders[name]!() : undefined
}

/**
 * Unpacks a request's body, so that policy reads it. It goes on unpacked: what was read is what is forwarded.
 * @param lease holds the packed and the unpacked bytes.
 * @throws BodyError as soon as more than `limitBytes` come out, or the lease has no room: a small body may hold gigabytes.
 * @throws Refusal when the encoding is not known, or the body is not packed in it.
 */
export async function unpackBody(
  packed: Buffer,
  encoding: string,
  limitBytes: number,
  lease: ByteLease,
  setting?: string,
): Promise<Buffer> {
  const decoder = createDecoder(encoding)
  if (!decoder)
    throw new Refusal(
      415,
      'unsupported_encoding',
      `The request body has Content-Encoding ${encoding.slice(0, 64)}; send it as it is, or in one of ${Object.keys(decoders).join(', ')}`,
    )
  decoder.end(packed)
  const body = createCollector(0)
  let bytes = 0
  try {
    for await (const chunk of decoder as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > limitBytes) throw tooLarge(limitBytes, setting)
      if (!lease.hold(packed.length + bytes)) throw noRoom()
      body.add(chunk)
    }
  } catch (error) {
    body.drop()
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    throw new Refusal(
      400,
      'invalid_encoding',
      `The request body is not valid ${encoding.slice(0, 64)}, which its Content-Encoding says it is: ${(error as Error).message}`,
    )
  } finally {
    decoder.destroy()
  }
  return body.bytes()
}
