import type { IncomingMessage } from 'node:http'
import type { ByteLease } from './byte-budget.ts'

/** Why a request's body could not be read. */
export class BodyError extends Error {
  override name = 'BodyError'
  readonly reason: 'too-large' | 'no-room' | 'client-left'

  constructor(reason: BodyError['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

/**
 * Reads a request's body whole.
 * @param lease holds as many bytes as are here. Not as many as are announced: announcing costs a client nothing.
 * @throws BodyError when the client goes away, when the body is over `limitBytes`, or when the lease has no room. As much
 * again is then read and thrown away: a connection that is closed before the client has sent its request may lose the
 * response to it.
 */
export function readBody(request: IncomingMessage, limitBytes: number, lease: ByteLease): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = []
    let bytes = 0
    let isRefused = false
    const refuse = (error: BodyError) => {
      isRefused = true
      chunks = []
      lease.release()
      reject(error)
    }
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) refuse(tooLarge(limitBytes))
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > 2 * limitBytes) request.destroy()
      else if (isRefused) return
      else if (bytes > limitBytes) refuse(tooLarge(limitBytes))
      else if (!lease.hold(bytes)) refuse(noRoom())
      else chunks.push(chunk)
    })
    const left = () =>
      reject(new BodyError('client-left', 'The client disconnected before its request was complete'))
    request.on('error', left)
    request.on('close', left)
    request.on('end', () => {
      request.off('close', left)
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
    })
  })
}

function tooLarge(limitBytes: number): BodyError {
  return new BodyError(
    'too-large',
    `The body is larger than the limit of ${limitBytes} bytes (AIRS_MAX_BODY_BYTES)`,
  )
}

function noRoom(): BodyError {
  return new BodyError(
    'no-room',
    'The bodies of all requests under way use the memory that they may have (AIRS_MAX_BYTES_IN_FLIGHT); try again shortly',
  )
}

/** Whether a body with this `Content-Encoding` has to be unpacked before it can be read. */
export function isPacked(encoding: string | undefined): encoding is string {
  return encoding !== undefined && encoding !== '' && encoding.toLowerCase() !== 'identity'
}
