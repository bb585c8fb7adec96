import type { IncomingHttpHeaders } from 'node:http'
import { clientCredential, formatOfPath, genericRoute, meantRoute } from '@airs-cp/providers'

export type ProbeResponse = {
  status: number
  headers?: Record<string, string>
  body: Record<string, unknown> | undefined
}

const methods = ['GET', 'POST', 'DELETE']
/** Below these, a path that is not known is a request for a model API, and is recorded as refused. */
const apis = /^\/+(?:v1|v1beta|openai|anthropic|mcp)(?:\/|$)/

/**
 * The response to a request that asks for nothing but whether somebody is here: a load balancer, a browser, a client that
 * tests its base URL, a port scan. None of them is an exchange, and nothing of them is recorded or forwarded.
 *
 * | asks for                                              | gets                                     |
 * |-------------------------------------------------------|------------------------------------------|
 * | `/`, `/v1`                                            | 200 and what this is                     |
 * | a route, with a method that it does not have, without a credential | 405 and the methods that it has; 204 for `OPTIONS` |
 * | anything outside of the APIs, without a credential    | 404                                      |
 *
 * Undefined for everything else: what has a body, or asks for an upgrade, is an exchange.
 */
export function probeResponse({
  method,
  path,
  headers,
}: {
  method: string
  /** Without its query. */
  path: string
  headers: IncomingHttpHeaders
}): ProbeResponse | undefined {
  if (hasBody(headers) || headers.upgrade !== undefined || method === 'POST') return undefined
  const isAsking = method === 'GET' || method === 'HEAD'
  if (isAsking && /^\/+(?:v1\/*)?$/.test(path)) return { status: 200, body: greeting }
  const allowed = methods.filter((one) => formatOfPath(one, meantRoute(one, path).path))
  if (allowed.includes(method)) return undefined
  const hasCredential = clientCredential(headers as Record<string, string>) !== undefined
  if (allowed.length > 0)
    return hasCredential && genericRoute(method, path, headers)
      ? undefined
      : notAllowed(method, path, allowed)
  if (apis.test(path) || hasCredential) return undefined
  return { status: 404, body: errorOf('unknown_url', `Unknown request URL: ${method} ${path.slice(0, 200)}`) }
}

const greeting = {
  status: 'ok',
  service: 'airs-cp ingress',
  baseUrls: { openai: '/v1', anthropic: '/' },
  health: '/readyz',
}

function notAllowed(method: string, path: string, allowed: string[]): ProbeResponse {
  const allow = allowed.join(', ')
  if (method === 'OPTIONS') return { status: 204, headers: { allow }, body: undefined }
  const message = `${path.slice(0, 200)} takes ${allow}, and this is ${method}`
  return { status: 405, headers: { allow }, body: errorOf('method_not_allowed', message) }
}

function errorOf(code: string, message: string) {
  return { error: { type: 'invalid_request_error', code, message, param: null } }
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
