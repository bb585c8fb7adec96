import type { Price } from '../usage/cost.ts'
import type { ProviderKind } from './provider-kind.ts'

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
