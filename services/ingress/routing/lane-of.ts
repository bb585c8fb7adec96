import type { IncomingHttpHeaders } from 'node:http'
import { findFormat, formatOfPath, genericRoute, meansAnthropic, type WireFormat } from '@airs-cp/providers'
import type { Exchange } from '../exchange.ts'

/** The wire format of a route; of one that none knows, the generic lane where it is open, and the route is what it means there. */
export function laneOf(
  exchange: Exchange,
  headers: IncomingHttpHeaders,
  unknownRoutes: 'record' | 'refuse',
): WireFormat | undefined {
  const found = formatOfPath(exchange.method, exchange.route.path)
  const format = meansAnthropic(exchange.path, headers) ? (findFormat(found?.anthropicTwin) ?? found) : found
  if (format || unknownRoutes === 'refuse') return format
  const generic = genericRoute(exchange.method, exchange.path, headers)
  if (generic) exchange.route = generic.route
  return generic?.format
}
