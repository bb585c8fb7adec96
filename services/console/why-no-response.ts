/** Of a request of undici's that had so long. */
export function whyNoResponse(error: Error, limitMs: number): string {
  const isSilent = error.name === 'HeadersTimeoutError' || error.name === 'BodyTimeoutError'
  return isSilent ? `it has said nothing for ${limitMs / 1_000} s` : error.message || 'no response'
}
