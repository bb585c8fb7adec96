import { openaiUsage } from '../formats/openai/usage.ts'
import { countOf, isObject, type Json, type JsonObject } from '../json.ts'

const stopReasons: Record<string, string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
}

/** Anthropic's stop reason for OpenAI's finish reason; OpenAI does not tell a stop sequence from the end of a turn. */
export function stopReasonOf(finishReason: Json | undefined): string {
  return stopReasons[String(finishReason)] ?? 'end_turn'
}

/** OpenAI's usage as Anthropic counts it: what came from or went to the cache stands beside the input. */
export function usageOfMessages(body: JsonObject): JsonObject {
  const {
    inputTokens = 0,
    outputTokens = 0,
    cachedInputTokens = 0,
    reasoningTokens,
  } = openaiUsage(body) ?? {}
  const details = isObject(body.usage) ? body.usage.prompt_tokens_details : undefined
  const written = isObject(details) ? (countOf(details.cache_write_tokens) ?? 0) : 0
  return {
    input_tokens: Math.max(inputTokens - cachedInputTokens - written, 0),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cachedInputTokens,
    output_tokens: outputTokens,
    output_tokens_details: reasoningTokens === undefined ? undefined : { thinking_tokens: reasoningTokens },
  }
}
