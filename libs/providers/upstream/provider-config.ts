import { allFormats } from '../formats.ts'
import { translatorBetween } from '../translate/translators.ts'
import type { Price } from '../usage/cost.ts'
import type { ProviderApi, WireFormat } from '../wire-format.ts'

export const providerKinds = ['openai', 'openai-compatible', 'azure', 'anthropic', 'ollama', 'mock'] as const
export type ProviderKind = (typeof providerKinds)[number]

export type ProviderConfig = {
  kind: ProviderKind
  /**
   * `https://api.openai.com/v1`, `http://localhost:11434/v1` (with the `/v1` or whatever stands for it);
   * `https://api.anthropic.com`, `https://NAME.openai.azure.com` (with or without the rest of the usual path).
   */
  baseUrl: string
  /** Server-side credential. Absent: the client's own passes through, in the header that the provider reads. */
  apiKey?: string
  /** Prices in USD per million tokens by model name, where `*` stands for any run of characters; they go before the table's. */
  prices?: Readonly<Record<string, Omit<Price, 'models'>>>
  /** Limits of time that are not those of all providers. */
  timeouts?: { connectMs?: number; firstByteMs?: number; idleMs?: number; totalMs?: number }
  /** Azure: a dated API version chooses the deployment routes; without one the v1 routes are used. */
  apiVersion?: string
  /** Azure: deployment by model name, where they differ. */
  deployments?: Readonly<Record<string, string>>
}

/** The API of a kind of provider; undefined: it speaks every format. */
function apiOf(kind: ProviderKind): ProviderApi | undefined {
  if (kind === 'mock') return undefined
  return kind === 'anthropic' ? 'anthropic' : 'openai'
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
