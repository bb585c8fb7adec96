import type { PreparedRequest } from '../exchange.ts'

const credentialHeaders = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']
/** Names of query parameters that hold a credential with some provider or another. */
const credentialName = /key|token|secret|passw|auth|sig|credential/i
export const hiddenCredential = '[credential]'
/** What is shorter is no credential, and would be found in text that has nothing to do with one. */
export const leastCharacters = 8

/**
 * A query as it may be recorded: without the values of parameters that are credentials. Split by hand, because a regular
 * expression with two open runs takes the square of the length of a query that is made for it.
 */
export function recordedQuery(query: string): string {
  return query
    .split(separators)
    .map((part) => {
      const { name, value } = parameterOf(part)
      return value !== undefined && isCredential(name) ? `${name}=${hiddenCredential}` : part
    })
    .join('')
}

/** Captured, so that splitting keeps them. Servers take either. */
const separators = /([&;])/

function parameterOf(part: string): { name: string; value: string | undefined } {
  const at = part.indexOf('=')
  return at < 0 ? { name: part, value: undefined } : { name: part.slice(0, at), value: part.slice(at + 1) }
}

function isCredential(name: string): boolean {
  return credentialName.test(decoded(name))
}

/** A path that is a whole URL, without the user and password in it. Any other path stays as it is. */
export function withoutUser(path: string): string {
  return path.replace(/^([a-z][a-z\d+.-]*:)?\/\/[^/]*@/i, '$1//')
}

/**
 * The text of a provider's error, without the credential that it was sent: some return it, and it is neither for the
 * record nor, where it is the server's own, for the client.
 */
export function withoutCredentials(
  body: Buffer,
  { headers, path }: Pick<PreparedRequest, 'headers' | 'path'>,
): Buffer {
  const found = secretsOf(headers, path).filter((secret) => body.includes(secret))
  if (found.length === 0) return body
  // Longest first: one may be the beginning of another.
  found.sort((a, b) => b.length - a.length)
  const text = found.reduce(
    (rest, secret) => rest.replaceAll(latin1(secret), hiddenCredential),
    body.toString('latin1'),
  )
  return Buffer.from(text, 'latin1')
}

function secretsOf(headers: PreparedRequest['headers'], path: string): string[] {
  const inHeaders = credentialHeaders.flatMap((name) => headers[name] ?? [])
  const bare = inHeaders.map((value) => value.replace(/^\w+ +/, ''))
  const queryAt = path.indexOf('?')
  const inQuery = (queryAt < 0 ? [] : path.slice(queryAt + 1).split(separators))
    .map(parameterOf)
    .flatMap(({ name, value }) => (value !== undefined && isCredential(name) ? [value, decoded(value)] : []))
  return [...new Set([...bare, ...inQuery])].filter((secret) => secret.length >= leastCharacters)
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
