import { openaiUsage } from '../formats/openai/usage.ts'
import { countOf, entryOf, isObject, type Json, type JsonObject, objectsOf, stringOf } from '../json.ts'

/** Finish reasons of OpenAI and of compatible servers, some of which pass on those of what they run. */
const stopReasons: Record<string, string> = {
  length: 'max_tokens',
  max_tokens: 'max_tokens',
  model_length: 'max_tokens',
  content_filter: 'refusal',
  safety: 'refusal',
  recitation: 'refusal',
}

/**
 * Anthropic's stop reason. What a response holds decides whether it ends for a call: servers say `stop` after calls and
 * `tool_calls` without one. OpenAI does not distinguish a stop sequence from the end of a turn.
 */
export function stopReasonOf(
  finishReason: Json | undefined,
  has: { calls: boolean; refusal: boolean },
): string {
  if (has.refusal) return 'refusal'
  const cut = entryOf(stopReasons, String(finishReason).toLowerCase())
  return cut ?? (has.calls ? 'tool_use' : 'end_turn')
}

/** Reasoning as DeepSeek and vLLM name it, or as OpenRouter and Groq do. */
export function reasoningOf(message: JsonObject): string {
  const named = stringOf(message.reasoning_content) ?? stringOf(message.reasoning)
  if (named !== undefined) return named
  return [...objectsOf(message.content)]
    .map(([, part]) => (part.type === 'thinking' ? textOf(part.thinking) : ''))
    .join('')
}

/** The text of a content that is a string, or a list of parts as Mistral's reasoning models give it. */
export function textOf(content: Json | undefined): string {
  if (typeof content === 'string') return content
  return [...objectsOf(content)]
    .map(([, part]) => (part.type === 'thinking' ? '' : (stringOf(part.text) ?? '')))
    .join('')
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
