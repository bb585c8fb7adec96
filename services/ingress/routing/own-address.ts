import type { NetworkInterfaceInfo } from 'node:os'

/**
 * Whether a base URL leads back to the ingress that would call it: each exchange would then become two, four, eight, …
 * Only addresses can be compared; a name that resolves to us is stopped by the hop header instead.
 * @param interfaces as of `os.networkInterfaces()`.
 */
export function isOwnAddress(
  baseUrl: string,
  own: { host: string; port: number },
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>,
  hostname: string,
): boolean {
  const url = new URL(baseUrl)
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  if (own.port === 0 || port !== own.port) return false
  const asked = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const isAll = own.host === '0.0.0.0' || own.host === '::'
  if (asked === own.host || asked === '0.0.0.0' || asked === '::') return true
  if (isLoopbackName(asked)) return isAll || isLoopbackName(own.host)
  if (asked === hostname.toLowerCase()) return isAll
  return isAll && Object.values(interfaces).some((all) => all?.some(({ address }) => address === asked))
}

function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
