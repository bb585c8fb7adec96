import type { Usage } from '@airs-cp/events'
import table from '../prices.json' with { type: 'json' }
import type { ProviderKind } from '../upstream/provider-kind.ts'

/** Prices in USD per million tokens, which is USD micros per token. */
export type Price = {
  models: string[]
  input: number
  output: number
  /** Tokens read from the cache; absent: they cost as much as others. */
  cachedInput?: number
  /** Tokens written to the cache, on their own. */
  cacheWrite?: number
  /** Longer prompts have a higher price, which is not in the table. */
  upToInputTokens?: number
}

export type PriceTable = {
  date: string
  providers: { kinds: string[]; sources: string[]; prices: Price[] }[]
}

/** The maintained price table, with its date and where its figures are from. */
export const priceTable: PriceTable = table

/**
 * What an exchange cost, in USD micros (rounded); the least that it cost where its prompt has more than `upToInputTokens`.
 * Undefined where the price of the model is not known, or the provider did not report the tokens.
 */
export function costUsdMicros(price: Omit<Price, 'models'> | undefined, usage: Usage): number | undefined {
  const { inputTokens, outputTokens = 0, cachedInputTokens = 0, cacheWriteInputTokens = 0 } = usage
  if (!price || inputTokens === undefined) return undefined
  const plain = Math.max(inputTokens - cachedInputTokens - cacheWriteInputTokens, 0)
  return Math.round(
    plain * price.input +
      cachedInputTokens * (price.cachedInput ?? price.input) +
      cacheWriteInputTokens * (price.cacheWrite ?? price.input) +
      outputTokens * price.output,
  )
}

const prices = new Map<string, Price>()
for (const { kinds, prices: list } of priceTable.providers) {
  for (const kind of kinds) {
    for (const price of list) for (const model of price.models) prices.set(`${kind} ${model}`, price)
  }
}

/** The price of a model, or of the model that it is a dated snapshot of (`gpt-4o-2024-08-06`, `claude-opus-4-20250514`). */
export function findPrice(provider: ProviderKind, model: string): Price | undefined {
  const family = model.replace(/-(\d{4}-\d{2}-\d{2}|\d{8}|latest)$/, '')
  return prices.get(`${provider} ${model}`) ?? prices.get(`${provider} ${family}`)
}
