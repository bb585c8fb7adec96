import { isLoopback } from '@airs-cp/client'

/** What to do where the name in a link is one that only containers of the same network know. */
export function loginLinkNote(url: string): string | undefined {
  const { hostname, host, pathname, hash } = new URL(url)
  if (isLoopback(url) || /[.:]/.test(hostname)) return undefined
  return [
    `If your browser does not know ${host}, which may be a name within a network of containers, open the link at the address of the console`,
    `that you use, such as http://localhost:8090${pathname}${hash}`,
    'To have that address printed, set AIRS_ALERT_CONSOLE_URL of the console to it.',
  ].join('\n')
}
