import { readAnthropicUsage } from '../formats/anthropic-messages/usage.ts'
import { countOf, entryOf, type Json, type JsonObject } from '../json.ts'

const finishReasons: Record<string, string> = {
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
}

/** OpenAI's finish reason for Anthropic's stop reason. Whether a response holds calls decides whether it ends for one. */
export function finishReasonOf(stopReason: Json | undefined, hasCalls: boolean): string {
  return entryOf(finishReasons, stopReason) ?? (hasCalls ? 'tool_calls' : 'stop')
}

/** Anthropic's usage as OpenAI counts it: the prompt includes what came from the cache. */
export function usageOfChat(usage: JsonObject): JsonObject {
  const {
    inputTokens = 0,
    outputTokens = 0,
    cachedInputTokens = 0,
    reasoningTokens = 0,
  } = readAnthropicUsage(usage) ?? {}
  const written = countOf(usage.cache_creation_input_tokens) ?? 0
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedInputTokens, cache_write_tokens: written },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  }
}
