import type { Usage } from '@airs-cp/events'
import { matchesGlob } from '@airs-cp/policy-engine'
import { costUsdMicros, findPrice, type Price, type ProviderConfig, priceTable } from '@airs-cp/providers'
import type { Target } from '../exchange.ts'

/** What a model costs at a provider: as the providers file says, else by the price table. */
function priceOf(
  { kind, prices = {} }: ProviderConfig,
  model: string,
): { price: Price; date: string } | undefined {
  const own = Object.entries(prices).find(([glob]) => matchesGlob(glob, model))?.[1]
  if (own) return { price: { models: [model], ...own }, date: 'configured' }
  const price = findPrice(kind, model)
  return price && { price, date: priceTable.date }
}

/** Providers that take no money: a budget has nothing to count there. */
const free: ReadonlySet<ProviderConfig['kind']> = new Set(['ollama', 'mock'])

/** Whether a budget can be held to: what the model costs there is known. */
export function isPriced({ provider: { config } }: Target, model: string): boolean {
  return free.has(config.kind) || priceOf(config, model) !== undefined
}

/** A thousand million USD, in micros. Whatever costs more is charged that, so that sums of costs can be counted. */
const mostUsdMicros = 1_000_000_000_000_000

/**
 * What an exchange cost. `clamped`: more than that, as of a prompt that is longer than its price holds for.
 * @param models names of the model, of which the first that has a price counts: a provider may call it otherwise than it is asked for.
 */
export function costOf(
  provider: ProviderConfig,
  models: readonly (string | undefined)[],
  usage: Usage,
): { usdMicros: number; priceDate: string; clamped?: true } | undefined {
  for (const model of models) {
    const found = model === undefined ? undefined : priceOf(provider, model)
    const usdMicros = found && costUsdMicros(found.price, usage)
    if (usdMicros === undefined) continue
    const { price, date: priceDate } = found!
    const isLonger = price.upToInputTokens !== undefined && usage.inputTokens! > price.upToInputTokens
    const isClamped = isLonger || usdMicros > mostUsdMicros
    return {
      usdMicros: Math.min(usdMicros, mostUsdMicros),
      priceDate,
      ...(isClamped && { clamped: true as const }),
    }
  }
  return undefined
}
