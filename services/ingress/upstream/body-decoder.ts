import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'

const decoders: Record<string, () => ReturnType<typeof createGunzip>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress as unknown as typeof createGunzip,
}

/** Unpacks a response as it comes, no faster than what it gives out is taken. */
export type BodyDecoder = {
  /** False asks for a pause until `onDrain`. */
  push(chunk: Buffer): boolean
  end(): void
  pause(): void
  resume(): void
  destroy(): void
}

/**
 * For a provider that packs its response although it was asked not to. Undefined for an encoding that is not known here.
 * @param encoding value of `Content-Encoding`.
 */
export function createBodyDecoder(
  encoding: string,
  on: { data(chunk: Buffer): void; end(): void; error(error: Error): void; drain(): void },
): BodyDecoder | undefined {
  const decoder = decoders[encoding.trim().toLowerCase()]?.()
  if (!decoder) return undefined
  decoder.on('data', on.data).once('end', on.end).once('error', on.error).on('drain', on.drain)
  return {
    push: (chunk) => decoder.write(chunk),
    end: () => decoder.end(),
    pause: () => decoder.pause(),
    resume: () => decoder.resume(),
    destroy: () => decoder.destroy(),
  }
}

export function isPacked(encoding: string | undefined): encoding is string {
  return encoding !== undefined && encoding !== '' && encoding.toLowerCase() !== 'identity'
}
