import type { Overview } from '@airs-cp/client'

/** Where requests go, and with whose credential. */
export function upstreamText({ name, url, credential, isDefault }: Overview['upstreams'][number]): string {
  const whose = { own: 'credential of the ingress', client: 'credential of the client', none: '' }[credential]
  return [`${name} ${url}`, isDefault ? 'default' : '', whose].filter(Boolean).join(', ')
}
