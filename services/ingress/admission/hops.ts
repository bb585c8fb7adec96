import type { IncomingHttpHeaders } from 'node:http'
import type { Exchange } from '../exchange.ts'
import { Refusal } from './refusal.ts'

/** Names the ingresses that a request came through, so that one that comes round again is noticed. */
export const hopHeader = 'x-airs-hop'

/** A chain of gateways (a sidecar, a department's, the company's) is shorter than this. */
const maxHops = 8

export function hopsOf(headers: IncomingHttpHeaders): string[] {
  const header = headers[hopHeader]
  if (header === undefined) return []
  return String(header)
    .split(',', maxHops + 1)
    .map((id) => id.trim().slice(0, 64))
}

/** @throws Refusal 508 when the request has been here, or has come through more ingresses than a chain has. */
export function refuseLoop({ hops }: Exchange, instanceId: string): void {
  if (hops.length === 0) return
  if (hops.includes(instanceId))
    throw new Refusal(
      508,
      'loop_detected',
      'This request has come through this ingress already: the address of a provider leads back here',
    )
  if (hops.length > maxHops)
    throw new Refusal(
      508,
      'loop_detected',
      `This request has come through more than ${maxHops} ingresses; the addresses of their providers lead in a circle`,
    )
}

export function nextHops({ hops }: Exchange, instanceId: string): string {
  return hops.length === 0 ? instanceId : [...hops, instanceId].join(', ')
}
