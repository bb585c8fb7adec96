import type { UpstreamFailure } from '../exchange.ts'

export class UpstreamError extends Error implements UpstreamFailure {
  override name = 'UpstreamError'
  readonly code: UpstreamFailure['code']
  readonly status: number

  constructor(code: UpstreamFailure['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.status = code === 'upstream_timeout' ? 504 : code === 'upstream_circuit_open' ? 503 : 502
  }
}

const timeouts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])
const unreachable = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** Puts an error of the HTTP client into words that name the provider and say what to look at. */
export function toUpstreamError(error: unknown, provider: string, responseBegan: boolean): UpstreamError {
  if (error instanceof UpstreamError) return error
  const { code = '', name, message } = error as { code?: string; name?: string; message?: string }
  const options = { cause: error }
  if (name === 'MalformedStreamError' || name === 'MalformedResponseError')
    return new UpstreamError(
      'upstream_malformed',
      `Provider ${provider} sent a response that cannot be read: ${message}`,
      options,
    )
  if (timeouts.has(code))
    return new UpstreamError(
      'upstream_timeout',
      `Provider ${provider} stopped responding for too long (${code})`,
      options,
    )
  if (!responseBegan && (unreachable.has(code) || code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL')))
    return new UpstreamError(
      'upstream_unreachable',
      `Provider ${provider} cannot be reached (${code}); check its base URL and the network`,
      options,
    )
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return new UpstreamError(
      'upstream_malformed',
      `Provider ${provider} sent more than 16 KB of headers (${code})`,
      options,
    )
  // A response in chunks whose last one is missing.
  const isCut = message?.includes('Invalid EOF state') === true
  if (name === 'HTTPParserError' && !isCut)
    return new UpstreamError(
      'upstream_malformed',
      `Provider ${provider} did not respond with valid HTTP (${code || message}); check its base URL`,
      options,
    )
  return new UpstreamError(
    'upstream_cut',
    `Provider ${provider} cut the connection before its response was complete (${code || message})`,
    options,
  )
}
