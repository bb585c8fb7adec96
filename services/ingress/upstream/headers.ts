import type { IncomingHttpHeaders } from 'node:http'
import type { Exchange } from '../exchange.ts'

const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]
const notForwarded = new Set([
  ...hopByHop,
  'host',
  'content-length',
  'expect',
  'accept-encoding',
  'content-encoding',
  'cookie',
  // A response is judged as a whole, and a request by its own method.
  'range',
  'if-range',
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
])
const notForwardedNorSession = new Set([...notForwarded, 'x-session-id'])
/** A provider that lets every page read its responses (vLLM does by default) does not decide that for this gateway. */
const crossOrigin = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-private-network',
  'access-control-expose-headers',
  'access-control-max-age',
]
/** A client that obeys these sends its request again, or the next one, past policy and record. */
const elsewhere = [
  'location',
  'content-location',
  'refresh',
  'alt-svc',
  'link',
  'operation-location',
  'azure-asyncoperation',
  'x-goog-upload-url',
  'x-goog-upload-control-url',
]
const notReturned = new Set([...hopByHop, ...crossOrigin, ...elsewhere, 'content-length', 'set-cookie'])

/**
 * The client's headers as far as a provider gets them. Ours (`X-AIRS-…`) stay here, and so do `Accept-Encoding` and `Range`:
 * responses are asked for uncompressed and whole, because what cannot be read cannot be decided on. A packed body was unpacked.
 */
export function forwardedHeaders(
  headers: IncomingHttpHeaders,
  { sessions }: Pick<PassedOn, 'sessions'>,
): Record<string, string | string[]> {
  return filtered(headers, sessions ? notForwarded : notForwardedNorSession)
}

/** What a provider may learn of a client, or be asked for by it, beyond the request itself. */
export type PassedOn = {
  /** Whether it gets `X-Session-ID`, which often names a person. */
  sessions: boolean
  /** The organizations and projects that a client may choose where the server's credential is used. */
  organizations: readonly string[]
}

/** With the server's credential a client does not choose who is charged, but where the operator lets it. */
export function withoutForeignOrganization(
  headers: Record<string, string | string[]>,
  { organizations }: Pick<PassedOn, 'organizations'>,
): Record<string, string | string[]> {
  const kept = { ...headers }
  for (const name of ['openai-organization', 'openai-project']) {
    const value = kept[name]
    if (value !== undefined && !organizations.includes(String(value))) delete kept[name]
  }
  return kept
}

/** The provider's headers as the client gets them, with ours. */
export function clientHeaders(
  headers: IncomingHttpHeaders,
  exchange: Exchange,
  decision: string,
): Record<string, string | string[]> {
  return Object.assign(filtered(headers, notReturned), ownHeaders(exchange, decision))
}

/** What every response carries, whoever made it. */
export function ownHeaders(exchange: Exchange, decision: string): Record<string, string> {
  const headers: Record<string, string> = {
    'x-airs-exchange-id': exchange.id,
    'x-session-id': exchange.session,
    'x-airs-decision': decision,
  }
  if (exchange.unguarded !== undefined) headers['x-airs-mode'] = exchange.unguarded
  return headers
}

const namesListed = 20
const charactersOfName = 128

/** Names of fields, which a client may have made up, as the value of a header: of any length, in whatever letters. */
export function namesInHeader(names: readonly string[]): string {
  const rest = names.length > namesListed ? ` and ${names.length - namesListed} more` : ''
  return names.slice(0, namesListed).map(nameInHeader).join(', ') + rest
}

function nameInHeader(name: string): string {
  const head = name.slice(0, charactersOfName).toWellFormed()
  const written = head.replace(/[^\x20-\x7e]/gu, (character) => encodeURIComponent(character))
  if (head.length === name.length && written.length <= charactersOfName) return written
  return `${written.slice(0, charactersOfName).replace(/%[\dA-F]?$/, '')}...`
}

function filtered(
  headers: IncomingHttpHeaders,
  without: ReadonlySet<string>,
): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && !without.has(name) && !name.startsWith('x-airs-')) kept[name] = value
  }
  const { connection } = headers
  if (connection !== undefined && connection !== 'keep-alive' && connection !== 'close')
    for (const name of namedBy(connection)) delete kept[name]
  return kept
}

/** Whatever `Connection` names is for this connection only (RFC 9110, section 7.6.1). */
function namedBy(connection: string | string[]): string[] {
  return String(connection)
    .split(',')
    .map((name) => name.trim().toLowerCase())
}
