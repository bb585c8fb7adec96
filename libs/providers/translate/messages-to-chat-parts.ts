import { readAnthropicUsage } from '../formats/anthropic-messages/usage.ts'
import { countOf, type Json, type JsonObject } from '../json.ts'

const finishReasons: Record<string, string> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
}

/** OpenAI's finish reason for Anthropic's stop reason. */
export function finishReasonOf(stopReason: Json | undefined): string {
  return finishReasons[String(stopReason)] ?? 'stop'
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
