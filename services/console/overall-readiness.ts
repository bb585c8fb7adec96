import type { Readiness } from '@airs-cp/runtime'
import { Agent, request } from 'undici'
import type { ConsoleConfig } from './config.ts'
import { whyNoResponse } from './why-no-response.ts'

export type Overall = {
  ready: boolean
  environment?: string
  services: Record<string, Readiness & { url: string }>
}

/**
 * The certificate of a service may be for the names that its clients use, and not for the address that it has here. This
 * question sends nothing and no token.
 */
const anyCertificate = new Agent({ connect: { rejectUnauthorized: false } })

const limitMs = 3_000

/** Asks every service whether it is ready; one that does not respond within 3 s is not. */
export async function overallReadiness({
  services,
  environment,
}: Pick<ConsoleConfig, 'services' | 'environment'>): Promise<Overall> {
  const entries = await Promise.all(
    Object.entries(services).map(async ([name, url]) => [name, { url, ...(await askOne(url)) }] as const),
  )
  return {
    ready: entries.every(([, service]) => service.ready),
    ...(environment !== undefined && { environment }),
    services: Object.fromEntries(entries),
  }
}

async function askOne(url: string): Promise<Readiness> {
  try {
    const { body } = await request(new URL('/readyz', url), {
      headersTimeout: limitMs,
      bodyTimeout: limitMs,
      dispatcher: anyCertificate,
    })
    const { ready, checks, notes } = (await body.json()) as Readiness
    return { ready, checks, ...(notes && { notes }) }
  } catch (error) {
    return {
      ready: false,
      checks: { responds: { ready: false, reason: whyNoResponse(error as Error, limitMs) } },
    }
  }
}
