import { once } from 'node:events'
import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { createBrowserGuard, respondToPreflight } from './browser-guard.ts'
import { cutUnreadResponses } from './cut-unread-responses.ts'
import { refuseUnreadable } from './refuse-unreadable.ts'
import type { ServerSettings, TlsFiles } from './server-settings.ts'

export type RunningServer = AsyncDisposable & {
  url: string
  port: number
  server: Server | TlsServer
  close(timeoutMs?: number): Promise<void>
}

const keepAliveMs = 65_000
const handshakeMs = 10_000
const certificateCheckMs = 5_000

/**
 * Listens, with TLS where a certificate is given, and closes gracefully: no new connections, those in flight may finish
 * within the time limit, then everything is cut. A client that sends its headers or its body too slowly gets
 * 408 and cut. A certificate that is renewed on disk is taken up within seconds.
 * @param sharesPort other processes may listen there as well; the operating system gives each its part of the connections.
 * @throws a sentence that names the address when it is taken, or the file when it is no certificate.
 */
export async function listen(
  listener: RequestListener,
  {
    host,
    port,
    tls,
    limits = {},
    browsers,
    sharesPort = false,
  }: Pick<ServerSettings, 'host'> & Partial<ServerSettings> & { port: number; sharesPort?: boolean },
): Promise<RunningServer> {
  const { headersTimeoutMs = 15_000, requestTimeoutMs = 120_000, maxHeaderBytes = 16_384 } = limits
  const settings = {
    headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    maxHeaderSize: maxHeaderBytes,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: Math.max(50, Math.min(5_000, headersTimeoutMs / 4)),
  }
  const responses = new WeakMap<Socket, Set<ServerResponse>>()
  const guarded = countUnderWay(guardBrowsers(listener, host, browsers), responses)
  const server = tls
    ? createTlsServer({ ...settings, ...readCertificate(tls), handshakeTimeout: handshakeMs }, guarded)
    : createServer(settings, guarded)
  refuseUnreadable(server, { maxHeaderBytes, responsesOn: (socket) => responses.get(socket) ?? [] })
  // What else than 100-continue a client expects is ignored (RFC 9110, section 10.1.1).
  server.on('checkExpectation', guarded)
  const stopCutting = cutUnreadResponses(server, limits.writeTimeoutMs ?? 60_000)
  if (limits.maxConnections !== undefined) server.maxConnections = limits.maxConnections
  server.listen({ host, port, ...(sharesPort && { reusePort: true, exclusive: true }) })
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new Error(`Port ${port} on ${host} is taken by another program; free it or set another port`, {
        cause: error,
      })
    throw error
  }
  const stopFollowing = tls ? followCertificate(server as TlsServer, tls) : () => {}
  const address = server.address() as AddressInfo
  const close = async (timeoutMs = 5_000) => {
    stopFollowing()
    stopCutting()
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeIdleConnections()
    const idle = setInterval(() => server.closeIdleConnections(), 50)
    const cut = setTimeout(() => server.closeAllConnections(), timeoutMs)
    await closed
    clearTimeout(cut)
    clearInterval(idle)
  }
  return {
    url: `${tls ? 'https' : 'http'}://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    port: address.port,
    server,
    close,
    [Symbol.asyncDispose]: () => close(),
  }
}

/** More requests than this under way on one connection are refused: no client pipelines so many. */
const maxRequestsPerConnection = 32

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  const body = Buffer.from(
    JSON.stringify({ error: { type: 'invalid_request_error', code, message, param: null } }),
  )
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.length,
    connection: 'close',
  })
  response.end(body)
}

/** Refuses what a foreign web page sends. */
function guardBrowsers(
  listener: RequestListener,
  host: string,
  browsers: ServerSettings['browsers'] | undefined,
): RequestListener {
  const guard = createBrowserGuard(host, browsers)
  return (request, response) => {
    readTarget(request)
    const refusal = guard.refusalOf(request)
    if (refusal) return refuse(response, refusal.status, refusal.code, refusal.message)
    const cors = guard.corsHeaders(request.headers.origin)
    if (cors) {
      if (request.method === 'OPTIONS') return respondToPreflight(request, response, cors)
      for (const name in cors) response.setHeader(name, cors[name]!)
    }
    listener(request, response)
  }
}

/** Notes which responses are under way on each connection, and refuses what one sends too far ahead of them. */
function countUnderWay(
  listener: RequestListener,
  responses: WeakMap<Socket, Set<ServerResponse>>,
): RequestListener {
  return (request, response) => {
    const { socket } = request
    const underWay = responses.get(socket) ?? new Set()
    if (underWay.size >= maxRequestsPerConnection)
      return refuse(
        response,
        429,
        'too_many_requests_on_connection',
        `More than ${maxRequestsPerConnection} requests are under way on this connection; open more connections`,
      )
    responses.set(socket, underWay.add(response))
    response.once('close', () => underWay.delete(response))
    listener(request, response)
  }
}

/**
 * A target may have a scheme and a host, as clients send it that take this for a proxy (RFC 9112, section 3.2.2): that host is the
 * one that is meant, whatever `Host` says.
 */
function readTarget(request: IncomingMessage): void {
  const url = request.url ?? ''
  const scheme = /^https?:\/\//i.exec(url)?.[0]
  if (scheme === undefined) return
  const rest = url.slice(scheme.length)
  const end = rest.search(/[/?#]/)
  const [host, path] = end < 0 ? [rest, ''] : [rest.slice(0, end), rest.slice(end)]
  request.headers.host = host
  request.url = path.startsWith('/') ? path : `/${path}`
}

function readCertificate({ certFile, keyFile }: TlsFiles): { cert: Buffer; key: Buffer } {
  const read = (variable: string, file: string) => {
    try {
      return readFileSync(file)
    } catch (error) {
      throw new Error(`${variable} ${file} cannot be read: ${(error as Error).message}`, { cause: error })
    }
  }
  return { cert: read('AIRS_TLS_CERT_FILE', certFile), key: read('AIRS_TLS_KEY_FILE', keyFile) }
}

/** Certificate and key are two files: between the change of one and of the other they do not fit, and the old ones stay. */
function followCertificate(server: TlsServer, tls: TlsFiles): () => void {
  const renew = () => {
    try {
      server.setSecureContext(readCertificate(tls))
    } catch (error) {
      process.emitWarning(
        `The certificate in ${tls.certFile} cannot be used, the one before stays in force: ${(error as Error).message}`,
      )
    }
  }
  const files = [tls.certFile, tls.keyFile]
  for (const file of files) watchFile(file, { interval: certificateCheckMs, persistent: false }, renew)
  return () => {
    for (const file of files) unwatchFile(file, renew)
  }
}
