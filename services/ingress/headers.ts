import type { IncomingHttpHeaders } from 'node:http'
import type { Exchange } from './exchange.ts'
import type { Provider } from './providers.ts'

const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]
const notForwarded = new Set([...hopByHop, 'host', 'content-length', 'expect', 'accept-encoding', 'cookie'])
const notReturned = new Set([...hopByHop, 'content-length', 'set-cookie', 'alt-svc'])

/**
 * The client's headers as the provider gets them. Ours (`X-AIRS-…`) stay here; answers are asked for uncompressed,
 * because what cannot be read cannot be decided on.
 */
export function upstreamHeaders(
  headers: IncomingHttpHeaders,
  provider: Provider,
): Record<string, string | string[]> {
  const forwarded: Record<string, string | string[]> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && !notForwarded.has(name) && !name.startsWith('x-airs-')) forwarded[name] = value
  }
  forwarded['accept-encoding'] = 'identity'
  if (provider.authorization) forwarded.authorization = provider.authorization
  return forwarded
}

/** The provider's headers as the client gets them, with ours. */
export function clientHeaders(
  headers: IncomingHttpHeaders,
  exchange: Exchange,
  decision: string,
): Record<string, string | string[]> {
  const returned: Record<string, string | string[]> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && !notReturned.has(name) && !name.startsWith('x-airs-')) returned[name] = value
  }
  return Object.assign(returned, ownHeaders(exchange, decision))
}

/** What every answer carries, whoever made it. */
export function ownHeaders(exchange: Exchange, decision: string): Record<string, string> {
  return { 'x-airs-exchange-id': exchange.id, 'x-session-id': exchange.session, 'x-airs-decision': decision }
}
