const defaultEndpoint = 'http://localhost:8080'

/** Where the OpenAI interface of a provider is, for calls that go there directly. */
export const providerBaseUrls: Readonly<Record<string, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  ollama: 'http://localhost:11434/v1',
}

/** The OpenAI base URL of the gateway: of `endpoint`, else of `AIRS_ENDPOINT`, else of this machine. */
export function gatewayBaseUrl(endpoint: string | undefined): string {
  const text = endpoint || process.env.AIRS_ENDPOINT || defaultEndpoint
  const address = text.trim().replace(/\/+$/, '')
  if (!isHttpUrl(address))
    throw new TypeError(`"${text}" is not an address: give one such as ${defaultEndpoint}`)
  return address.endsWith('/v1') ? address : `${address}/v1`
}

export function isHttpUrl(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol)
  } catch {
    return false
  }
}
