import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Which web pages may use a server, and under which names it may be addressed.
 *
 * A web page that a user happens to visit can send requests to any address that the browser reaches, loopback included.
 * Two checks stop it. `Host` must be a name of this server, so that a foreign name that resolves to our address (DNS
 * rebinding) gets nothing. A request that a page of another origin caused (`Origin`, `Sec-Fetch-Site`) gets nothing
 * unless that origin is allowed.
 */
export type BrowserPolicy = {
  /** Names beside loopback and the address that is bound, without port. Any name where neither these nor loopback bind. */
  allowedHosts?: readonly string[]
  /** Origins of web pages (`https://chat.example.com`) that may send requests and read the responses. */
  allowedOrigins?: readonly string[]
  /** Whether a link on another site may open a page here, as in a browser's address bar. */
  allowsNavigation?: boolean
}

export type RefusedPage = {
  status: 403 | 421
  code: 'host_not_allowed' | 'origin_not_allowed'
  message: string
}

export type BrowserGuard = {
  /** Undefined for a request that no foreign web page caused. */
  refusalOf(request: Pick<IncomingMessage, 'method' | 'headers' | 'url'>): RefusedPage | undefined
  /** Headers that let an allowed page read the response; none for anybody else. */
  corsHeaders(origin: string | undefined): Record<string, string> | undefined
}

/** @param bound address that the server listens on. */
export function createBrowserGuard(bound: string, policy: BrowserPolicy = {}): BrowserGuard {
  const hosts = new Set((policy.allowedHosts ?? []).map((host) => host.toLowerCase()))
  const origins = new Set(
    (policy.allowedOrigins ?? []).map((origin) => origin.toLowerCase().replace(/(?<!\/)\/+$/, '')),
  )
  const checksHosts = hosts.size > 0 || isLoopback(bound)
  if (!isWildcard(bound)) hosts.add(bound.toLowerCase())
  let lastAllowedHost: string | undefined

  const isAllowedHost = (header: string) => {
    if (header === lastAllowedHost) return true
    const name = nameOf(header)
    if (name === undefined || !(isLoopback(name) || hosts.has(name))) return false
    lastAllowedHost = header
    return true
  }

  return {
    refusalOf({ method, headers, url }) {
      const host = headers.host
      if (checksHosts && host !== undefined && !isAllowedHost(host) && !isProgramsWebSocket(headers))
        return {
          status: 421,
          code: 'host_not_allowed',
          message: `This server does not serve the host ${JSON.stringify(host.slice(0, 100))}. If it is a name of this server, add it to AIRS_ALLOWED_HOSTS`,
        }
      const origin = headers.origin?.toLowerCase()
      if (origin !== undefined && origins.has(origin)) return undefined
      const site = headers['sec-fetch-site']
      if (site === undefined && origin === undefined) return undefined
      const isSame = origin === undefined || isOriginOf(origin, host)
      if (isSame && (site === undefined || site === 'same-origin' || site === 'none')) return undefined
      if (origin !== undefined && !isWebPage(origin) && (site === undefined || site === 'none'))
        return undefined
      if (policy.allowsNavigation && isNavigation(method, headers, url)) return undefined
      return {
        status: 403,
        code: 'origin_not_allowed',
        message: `A web page of ${JSON.stringify((headers.origin ?? 'another site').slice(0, 100))} sent this request. If that page may use this server, add its origin to AIRS_ALLOWED_ORIGINS`,
      }
    },
    corsHeaders(origin) {
      if (origin === undefined || !origins.has(origin.toLowerCase())) return undefined
      return {
        'access-control-allow-origin': origin,
        'access-control-expose-headers': '*, X-AIRS-Exchange-ID, X-Session-ID, X-AIRS-Decision, Retry-After',
        vary: 'Origin',
      }
    },
  }
}

/** What a browser asks before it lets a page of an allowed origin send its request. */
export function respondToPreflight(
  request: IncomingMessage,
  response: ServerResponse,
  cors: Record<string, string>,
) {
  response.writeHead(204, {
    ...cors,
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
    'access-control-max-age': '600',
    'content-length': '0',
  })
  response.end()
}

/** `Sec-Fetch-Dest: document` is set by the browser; no page can forge it. Pages are opened outside of `/v1/`. */
function isNavigation(
  method: string | undefined,
  headers: IncomingMessage['headers'],
  url: string | undefined,
) {
  return (
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    headers.origin === undefined &&
    !url?.startsWith('/v1/')
  )
}

/** Browsers name the page that opens a WebSocket. A program may use any name, and learns from its server that it speaks none (426). */
function isProgramsWebSocket({ upgrade, origin }: IncomingMessage['headers']): boolean {
  return origin === undefined && upgrade?.toLowerCase() === 'websocket'
}

/** `null` is the origin of sandboxed frames and of local files, which any site can make; other schemes are programs' own. */
function isWebPage(origin: string): boolean {
  return origin === 'null' || origin.startsWith('http://') || origin.startsWith('https://')
}

function isOriginOf(origin: string, host: string | undefined): boolean {
  return host !== undefined && origin.replace(/^https?:\/\//, '') === host.toLowerCase()
}

/** The name in a `Host` header without its port; undefined where it is none. */
function nameOf(host: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s/\\@]+))(?::\d{1,5})?$/i.exec(host)
  return (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, '')
}

function isLoopback(name: string): boolean {
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
  )
}

function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || address === '::' || address === ''
}
