import type { Exchange } from '../exchange.ts'

/**
 * Whether a body belongs to a request. One where none belongs is not forwarded: a server that leaves it unread takes it for the
 * next request on the connection, which then nobody has decided on.
 */
export function takesBody({ method, route }: Pick<Exchange, 'method' | 'route'>): boolean {
  return /^(?:POST|PUT|PATCH)$/.test(method) && !route.path.endsWith('/cancel')
}
