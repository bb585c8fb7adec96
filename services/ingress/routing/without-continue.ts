import type { Socket } from 'node:net'

const status = 'HTTP/1.1 100'
const headEnd = '\r\n\r\n'
/** A longer head is none of a `100 Continue`. */
const maxHeadBytes = 16 * 1024

/**
 * Leaves out a `100 Continue` before a response. No request asks for one, some servers and proxies send it all the same, clients have to
 * put up with that (RFC 9110, section 15.2), and undici gives up. Only for connections on which each request waits for the response to the one before.
 */
export function withoutContinue<Connection extends Socket>(socket: Connection): Connection {
  const read = socket.read.bind(socket)
  const write = socket.write.bind(socket) as (...chunk: unknown[]) => boolean
  /** A request went out, and nothing but such heads has come since. */
  let isAwaited = false
  let begun: Buffer = Buffer.alloc(0)
  return Object.assign(socket, {
    write(...chunk: unknown[]) {
      isAwaited = true
      return write(...chunk)
    },
    read(size?: number): Buffer | null {
      const chunk: Buffer | null = read(size)
      if (chunk === null || !isAwaited) return chunk
      begun = begun.length === 0 ? chunk : Buffer.concat([begun, chunk])
      while (startsAs(begun)) {
        const end = begun.indexOf(headEnd)
        if (end < 0 && begun.length < maxHeadBytes) return null
        if (end < 0) break
        begun = begun.subarray(end + headEnd.length)
        if (begun.length === 0) return null
      }
      const rest = begun
      begun = Buffer.alloc(0)
      isAwaited = false
      return rest
    },
  })
}

/** Also where too little has come to say. */
function startsAs(bytes: Buffer): boolean {
  return status.startsWith(bytes.toString('latin1', 0, status.length))
}
