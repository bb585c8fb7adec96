import type { IncomingHttpHeaders } from 'node:http'
import { clientCredential } from '@airs-cp/providers'

const generated = /^airs-[\w-]{32}$/

/** Whether a credential looks as client keys that are generated here do. */
export function isOfOwnForm(credential: string | undefined): boolean {
  return credential !== undefined && generated.test(credential)
}

/** By which a client is known here: its client key in `X-AIRS-Key`, or else the credential that it sends. */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  return headers['x-airs-key']?.toString() || clientCredential(headers as Record<string, string>)
}

/**
 * Whether a client sends two credentials: a client key in `X-AIRS-Key`, and its own login, which goes to the provider as it is. A client
 * key never goes to a provider, whichever header it comes in.
 */
export function hasOwnLogin(headers: IncomingHttpHeaders): boolean {
  const key = headers['x-airs-key']?.toString()
  const login = clientCredential(headers as Record<string, string>)
  return Boolean(key) && login !== undefined && login !== key && !isOfOwnForm(login)
}
