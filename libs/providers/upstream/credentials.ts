import type { ProviderConfig } from './provider-config.ts'

export type Headers = Record<string, string | string[]>

const credentialHeaders = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']

/** Headers of one provider that mean nothing to another, or inform it about the first. */
const foreignHeaders = {
  openai: /^(?:anthropic-|x-goog-)/,
  anthropic: /^(?:openai-|x-goog-)/,
  gemini: /^(?:openai-|anthropic-)/,
}

/**
 * The headers with the credential where the provider reads it: the server's own, or the client's from whichever header it
 * came in. With a server-side credential nothing that the client sent as one goes on.
 */
export function withCredential(provider: ProviderConfig, headers: Headers): Headers {
  const { kind } = provider
  const speaks = kind === 'anthropic' || kind === 'gemini' ? kind : 'openai'
  const forwarded: Headers = {}
  for (const [name, value] of Object.entries(headers)) {
    const foreign = provider.kind !== 'mock' && foreignHeaders[speaks].test(name)
    if (!foreign && !credentialHeaders.includes(name)) forwarded[name] = value
  }
  if (provider.kind === 'anthropic') forwarded['anthropic-version'] ??= '2023-06-01'
  const credential = provider.apiKey ?? clientCredential(headers)
  if (credential === undefined) return forwarded
  const name = headerFor(provider, credential)
  forwarded[name] = name === 'authorization' ? `Bearer ${credential}` : credential
  return forwarded
}

/** The headers without anything that a client may have sent as its credential. */
export function withoutCredential(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !credentialHeaders.includes(name)))
}

/** A query without the key that clients of Gemini may send in it. */
export function queryWithoutCredential(query: string): string {
  if (!/[?&]key=/.test(query)) return query
  const kept = query
    .slice(1)
    .split('&')
    .filter((part) => !isCredentialInQuery(part))
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}

/** @param part one parameter, as it is written. */
export function isCredentialInQuery(part: string): boolean {
  return part.startsWith('key=')
}

/** The client's credential, without its scheme: OpenAI's clients send a bearer token, Anthropic's and Azure's a key. */
export function clientCredential(headers: Headers): string | undefined {
  const bearer = /^Bearer\s+(\S.*)$/i.exec(single(headers.authorization) ?? '')?.[1]
  return (
    single(headers['x-api-key']) ??
    single(headers['api-key']) ??
    single(headers['x-goog-api-key']) ??
    bearer?.trim()
  )
}

function single(value: string | string[] | undefined): string | undefined {
  const first = Array.isArray(value) ? value[0] : value
  return first || undefined
}

/** Anthropic's and Google's OAuth tokens and Azure's Entra tokens (JWTs) stay bearer tokens; keys have a header of their own there. */
function headerFor({ kind }: ProviderConfig, credential: string): string {
  if (kind === 'anthropic') return credential.startsWith('sk-ant-oat') ? 'authorization' : 'x-api-key'
  if (kind === 'azure') return /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(credential) ? 'authorization' : 'api-key'
  if (kind === 'gemini') return /^(?:ya29\.|eyJ)/.test(credential) ? 'authorization' : 'x-goog-api-key'
  return 'authorization'
}
