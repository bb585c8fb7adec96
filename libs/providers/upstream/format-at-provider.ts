import { allFormats } from '../formats.ts'
import { translatorBetween } from '../translate/translators.ts'
import type { ProviderApi, WireFormat } from '../wire-format.ts'
import type { ProviderKind } from './provider-kind.ts'

/** Whether a provider of a kind has an API. */
export function hasApi(kind: ProviderKind, api: ProviderApi): boolean {
  return (apiOf(kind) ?? api) === api
}

/** The API of a kind of provider; undefined: it speaks every format. */
function apiOf(kind: ProviderKind): ProviderApi | undefined {
  if (kind === 'mock') return undefined
  return kind === 'anthropic' || kind === 'gemini' ? kind : 'openai'
}

/**
 * The format in which a client's request goes to a provider: its own where the provider speaks it, the one that there is
 * a translation to otherwise. Undefined: the provider has nothing of the kind.
 */
export function formatAtProvider(kind: ProviderKind, client: WireFormat): WireFormat | undefined {
  const api = apiOf(kind)
  const isSpoken = ({ apis }: WireFormat) => api === undefined || apis.includes(api)
  if (isSpoken(client)) return client
  return allFormats.find((format) => isSpoken(format) && translatorBetween(client.id, format.id))
}
