import type { Usage } from '@airs-cp/events'
import { countOf, isObject } from '../../json.ts'
import { reportedUsage } from '../../usage/reported-usage.ts'

/** Usage of images and sound. */
export function openaiMediaUsage(body: unknown): Usage | undefined {
  if (!isObject(body) || !isObject(body.usage)) return undefined
  const { input_tokens, output_tokens } = body.usage
  return reportedUsage({
    inputTokens: countOf(input_tokens),
    outputTokens: countOf(output_tokens),
    cachedInputTokens: undefined,
    cacheWriteInputTokens: undefined,
    reasoningTokens: undefined,
  })
}

/** Usage of chat, completions and embeddings; of a chunk as well as of a whole response. */
export function openaiUsage(body: unknown): Usage | undefined {
  if (!isObject(body) || !isObject(body.usage)) return undefined
  const { prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details } = body.usage
  return reportedUsage({
    inputTokens: countOf(prompt_tokens),
    outputTokens: countOf(completion_tokens),
    cachedInputTokens: isObject(prompt_tokens_details)
      ? countOf(prompt_tokens_details.cached_tokens)
      : undefined,
    cacheWriteInputTokens: isObject(prompt_tokens_details)
      ? countOf(prompt_tokens_details.cache_write_tokens)
      : undefined,
    reasoningTokens: isObject(completion_tokens_details)
      ? countOf(completion_tokens_details.reasoning_tokens)
      : undefined,
  })
}
