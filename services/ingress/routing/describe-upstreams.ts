import type { IngressUpstream } from '@airs-cp/events'
import type { ProviderConfig } from '@airs-cp/providers'

const mostUpstreams = 100

/** Where requests go, for people: of an address nothing that may be a secret. */
export function describeUpstreams({
  providers,
  defaultProvider,
}: {
  providers: Record<string, ProviderConfig>
  defaultProvider: string
}): IngressUpstream[] {
  return Object.entries(providers)
    .map(([name, { kind, baseUrl, apiKey }]) => {
      const { origin, pathname } = new URL(baseUrl)
      return {
        name,
        kind,
        url: kind === 'mock' ? 'built in' : `${origin}${pathname}`.replace(/\/$/, ''),
        credential: credentialOf(kind, apiKey),
        isDefault: name === defaultProvider,
      }
    })
    .sort((a, b) => Number(b.isDefault) - Number(a.isDefault) || (a.name < b.name ? -1 : 1))
    .slice(0, mostUpstreams)
}

function credentialOf(
  kind: ProviderConfig['kind'],
  apiKey: string | undefined,
): IngressUpstream['credential'] {
  if (apiKey !== undefined) return 'own'
  return kind === 'mock' ? 'none' : 'client'
}
