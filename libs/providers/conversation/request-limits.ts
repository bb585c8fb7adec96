import { countOf, isObject } from '../json.ts'

/** How long a conversation a request brings, and how long an answer it allows; zero where it does not tell. */
export function requestLimits(body: unknown): { messages: number; maxTokens: number } {
  if (!isObject(body)) return { messages: 0, maxTokens: 0 }
  const turns = [body.messages, body.input, body.prompt].find((list) => list !== undefined && list !== null)
  const limits = [body.max_completion_tokens, body.max_output_tokens, body.max_tokens]
  return {
    messages: Array.isArray(turns) ? turns.length : turns === undefined ? 0 : 1,
    maxTokens: limits.map(countOf).find((limit) => limit !== undefined) ?? 0,
  }
}
