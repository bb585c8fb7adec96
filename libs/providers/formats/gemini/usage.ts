import type { Usage } from '@airs-cp/events'
import { countOf, isObject } from '../../json.ts'
import { reportedUsage } from '../../usage/reported-usage.ts'

/** Thoughts are counted apart from the response, and paid like it. */
export function geminiUsage(body: unknown): Usage | undefined {
  if (!isObject(body) || !isObject(body.usageMetadata)) return undefined
  const reported = body.usageMetadata
  const thoughts = countOf(reported.thoughtsTokenCount)
  const written = countOf(reported.candidatesTokenCount)
  return reportedUsage({
    inputTokens: countOf(reported.promptTokenCount),
    outputTokens:
      written === undefined && thoughts === undefined ? undefined : (written ?? 0) + (thoughts ?? 0),
    cachedInputTokens: countOf(reported.cachedContentTokenCount),
    cacheWriteInputTokens: undefined,
    reasoningTokens: thoughts,
  })
}
