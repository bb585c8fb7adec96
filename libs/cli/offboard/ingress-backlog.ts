import { type Client, createClient, isLoopback, type Readiness } from '@airs-cp/client'
import type { Context } from '../context.ts'

/** What an ingress says of its journal. */
export type IngressBacklog = {
  url: string
  /** Entries that are not known to be in Postgres; undefined where it could not be asked, which `problem` explains. */
  unconfirmed?: number
  problem?: string
}

/**
 * Addresses of the ingresses: those given, AIRS_ENDPOINT's, or the one that the console knows. From another machine the
 * console's may mean nothing.
 */
export function ingressUrls(
  { io, settings }: Context,
  given: readonly string[],
  { services }: Readiness,
): { urls: string[]; problem?: string } {
  const { AIRS_ENDPOINT } = io.env
  if (given.length > 0) return { urls: [...given] }
  if (AIRS_ENDPOINT) return { urls: [AIRS_ENDPOINT] }
  const url = services.ingress?.url
  if (url && !(isLoopback(url) && !isLoopback(settings().url.value))) return { urls: [url] }
  return {
    urls: [],
    problem: `its address is not known here${url ? ` (${url} is on the machine of AIRS-CP)` : ''}; give --ingress or AIRS_ENDPOINT`,
  }
}

/** Of all workers of the ingress together; undefined where these are metrics of something else. */
export function unconfirmedIn(metrics: string): number | undefined {
  const samples = [...metrics.matchAll(/^airs_journal_uncommitted(?:\{[^}\n]*\})? (\d+)\b/gm)]
  return samples.length === 0 ? undefined : samples.reduce((sum, [, count]) => sum + Number(count), 0)
}

export async function askIngress(url: string): Promise<IngressBacklog> {
  try {
    await using client: Client = createClient({ url })
    const unconfirmed = unconfirmedIn(await client.metrics())
    return unconfirmed === undefined
      ? { url, problem: 'the server there is no ingress' }
      : { url, unconfirmed }
  } catch (error) {
    return { url, problem: (error as Error).message }
  }
}
