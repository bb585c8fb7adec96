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
 * @throws BodyError when the client goes away, or when the body is over `limitBytes`. As much again is then read and
 * thrown away: a connection that is closed before the client has sent its request may lose the answer to it.
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = []
    let bytes = 0
    let isTooLarge = Number(request.headers['content-length'] ?? 0) > limitBytes
    const refuse = () => {
      isTooLarge = true
      chunks = []
      reject(
        new BodyError(
          'too-large',
          `The body is larger than the limit of ${limitBytes} bytes (AIRS_MAX_BODY_BYTES)`,
        ),
      )
    }
    if (isTooLarge) refuse()
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > 2 * limitBytes) request.destroy()
      else if (bytes > limitBytes && !isTooLarge) refuse()
      else if (!isTooLarge) chunks.push(chunk)
    })
    const left = () =>
      reject(new BodyError('client-left', 'The client went away before its request was complete'))
    request.on('error', left)
    request.on('close', left)
    request.on('end', () => {
      request.off('close', left)
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
    })
  })
}
