import type { IncomingMessage } from 'node:http'

/** Why a request's body could not be read. */
export class BodyError extends Error {
  override name = 'BodyError'
  readonly reason: 'too-large' | 'client-left'

  constructor(reason: 'too-large' | 'client-left', message: string) {
    super(message)
    this.reason = reason
  }
}

/**
 * Reads a request's body whole.
 * @throws BodyError when it is over `limitBytes` (what follows is not read), or when the client goes away.
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const tooLarge = () =>
    new BodyError(
      'too-large',
      `The body is larger than the limit of ${limitBytes} bytes (AIRS_MAX_BODY_BYTES)`,
    )
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) return reject(tooLarge())
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limitBytes) {
        request.pause()
        reject(tooLarge())
      } else chunks.push(chunk)
    })
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes)))
    const left = () =>
      reject(new BodyError('client-left', 'The client went away before its request was complete'))
    request.on('error', left)
    request.on('close', left)
  })
}
