import { type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'

/** Of Node's parser: `reason` says what is wrong with the bytes. */
type ParserError = NodeJS.ErrnoException & { reason?: string }

type Refusal = { status: number; code: string; message: string }

/**
 * Says in JSON why a request cannot be read, where Node has a status without a body, and what to do. Where a response has begun
 * on the connection, it is cut.
 * @param responsesOn those under way on a connection.
 */
export function refuseUnreadable(
  server: Server | TlsServer,
  options: { maxHeaderBytes: number; responsesOn(socket: Socket): Iterable<ServerResponse> },
): void {
  server.on('clientError', (error: ParserError, duplex) => {
    const socket = duplex as Socket
    const hasBegun = Iterator.from(options.responsesOn(socket)).some(({ headersSent }) => headersSent)
    if (!socket.writable || hasBegun || error.code === 'ECONNRESET') socket.destroy()
    else respond(socket, refusalOf(error, options.maxHeaderBytes))
  })
  server.on('connect', (_request, duplex) => {
    const message =
      'This is no proxy for HTTPS; leave it out of HTTPS_PROXY, and set the base URL of your client to it'
    respond(duplex as Socket, { status: 405, code: 'method_not_allowed', message })
  })
}

function refusalOf({ code, reason, message }: ParserError, maxHeaderBytes: number): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        code: 'headers_too_large',
        message: `The headers are larger than ${maxHeaderBytes} bytes; send fewer or shorter ones, or set AIRS_MAX_HEADER_BYTES`,
      }
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return {
        status: 413,
        code: 'invalid_request',
        message: 'The extensions of a chunk are too large; leave them out',
      }
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: 408,
        code: 'request_timeout',
        message: 'The request did not arrive in time; send it again, without pauses',
      }
    case 'HPE_PAUSED_H2_UPGRADE':
      return {
        status: 400,
        code: 'invalid_request',
        message: 'The request is HTTP/2; have your client use HTTP/1.1',
      }
  }
  return {
    status: 400,
    code: 'invalid_request',
    message: `The request is no valid HTTP/1.1: ${reason || message}`,
  }
}

function respond(socket: Socket, { status, code, message }: Refusal): void {
  const body = JSON.stringify({ error: { type: 'invalid_request_error', code, message, param: null } })
  socket.on('error', () => {})
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
  socket.destroySoon()
}
