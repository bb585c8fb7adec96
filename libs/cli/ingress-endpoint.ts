import { isLoopback } from '@airs-cp/client'
import type { Context } from './context.ts'
import { ingressUrls } from './offboard/ingress-backlog.ts'

/** Where clients on this machine reach the ingress: as settings or the console say, else the usual address. */
export async function ingressEndpoint(context: Context): Promise<string> {
  if (context.io.env.AIRS_ENDPOINT) return clientEndpoint(context, undefined)
  const readiness = await context
    .openClient()
    .readiness()
    .catch(() => undefined)
  return clientEndpoint(context, readiness && ingressUrls(context, [], readiness).urls[0])
}

/** The address to give to a client: `AIRS_ENDPOINT`, else `url`, else the usual one. */
export function clientEndpoint({ io }: Context, url: string | undefined): string {
  const endpoint = io.env.AIRS_ENDPOINT || url || 'http://localhost:8080'
  const shown = isLoopback(endpoint) ? endpoint.replace('//127.0.0.1', '//localhost') : endpoint
  return shown.replace(/(?<!\/)\/+$/, '')
}
