import type { Usage } from '@airs-cp/events'
import { countOf, isObject, type JsonObject } from '../../json.ts'
import { reportedUsage } from '../../usage/reported-usage.ts'

/** Usage of a response; `input_tokens` alone leaves out what was read from or written to the cache. */
export function anthropicUsage(body: unknown): Usage | undefined {
  return isObject(body) && isObject(body.usage) ? readAnthropicUsage(body.usage) : undefined
}

export function readAnthropicUsage(usage: JsonObject): Usage | undefined {
  const uncached = countOf(usage.input_tokens)
  const read = countOf(usage.cache_read_input_tokens)
  const written = countOf(usage.cache_creation_input_tokens)
  const details = usage.output_tokens_details
  return reportedUsage({
    inputTokens: uncached === undefined ? undefined : uncached + (read ?? 0) + (written ?? 0),
    outputTokens: countOf(usage.output_tokens),
    cachedInputTokens: read,
    cacheWriteInputTokens: written,
    reasoningTokens: isObject(details) ? countOf(details.thinking_tokens) : undefined,
  })
}
