import { memberOf } from '../../formats/gemini/parts.ts'
import { geminiUsage } from '../../formats/gemini/usage.ts'
import { countOf, isObject, type Json, type JsonObject, objectsOf, stringOf } from '../../json.ts'
import { mintedCallId } from '../call-ids.ts'
import type { ResponseOptions } from '../translator.ts'
import { MalformedResponseError } from '../untranslatable-error.ts'
import { signedCall } from './signatures.ts'

/** What the parts of a response, or of a frame of one, say. */
export type Spoken = { text: string; thoughts: string; images: JsonObject[]; calls: JsonObject[] }

/**
 * @param rawArgs the text of the arguments of the call in a part, by the part's place.
 * @param firstCall place of the first of these calls among those of the response.
 */
export function spokenIn(
  content: Json | undefined,
  rawArgs: (part: number) => string | undefined,
  firstCall: number,
  responseId: string,
  { createdSeconds, toolNames }: ResponseOptions,
): Spoken {
  const spoken: Spoken = { text: '', thoughts: '', images: [], calls: [] }
  for (const [index, part] of objectsOf(isObject(content) ? content.parts : undefined)) {
    const call = memberOf(part, 'functionCall')
    const inline = memberOf(part, 'inlineData')
    if (typeof part.text === 'string') spoken[part.thought === true ? 'thoughts' : 'text'] += part.text
    if (isObject(inline) && part.thought !== true)
      spoken.images.push({
        type: 'image_url',
        image_url: { url: `data:${String(memberOf(inline, 'mimeType'))};base64,${String(inline.data)}` },
      })
    if (!isObject(call)) continue
    const place = firstCall + spoken.calls.length
    const name = stringOf(call.name) ?? ''
    spoken.calls.push({
      id: stringOf(call.id) || mintedCallId(responseId, createdSeconds, place),
      type: 'function',
      function: {
        name: toolNames.get(name) ?? name,
        arguments: rawArgs(index) ?? JSON.stringify(call.args ?? {}),
      },
      extra_content: signedCall(stringOf(memberOf(part, 'thoughtSignature')) || undefined),
    })
  }
  return spoken
}

const filtered: ReadonlySet<string> = new Set([
  ...['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'LANGUAGE', 'IMAGE_SAFETY'],
  ...['IMAGE_PROHIBITED_CONTENT', 'IMAGE_RECITATION', 'MODEL_ARMOR'],
])

/**
 * OpenAI's finish reason. A response that says nothing, because the model made no proper call of a tool for example, is no response.
 * @throws MalformedResponseError
 */
export function finishReasonOfGemini(
  { finishReason, finishMessage }: JsonObject,
  has: { calls: boolean; content: boolean },
): string {
  if (finishReason === 'MAX_TOKENS') return 'length'
  if (filtered.has(String(finishReason))) return 'content_filter'
  if (finishReason !== 'STOP' && !has.calls && !has.content) {
    const why = typeof finishMessage === 'string' ? `: ${finishMessage}` : ''
    throw new MalformedResponseError(`The provider ended its response with ${String(finishReason)}${why}`)
  }
  return has.calls ? 'tool_calls' : 'stop'
}

/** The provider's words for why it withheld a response. */
export function refusalOfGemini({ finishReason, finishMessage }: JsonObject): string | null {
  return filtered.has(String(finishReason)) ? (stringOf(finishMessage) ?? null) : null
}

/** Where the provider refused the prompt there is no candidate; the response is one that was filtered. */
export function blockedPrompt(body: JsonObject): JsonObject | undefined {
  const { promptFeedback } = body
  const reason = isObject(promptFeedback) ? stringOf(promptFeedback.blockReason) : undefined
  if (reason === undefined) return undefined
  const reported = isObject(promptFeedback) ? stringOf(promptFeedback.blockReasonMessage) : undefined
  return { finishReason: 'SAFETY', finishMessage: reported ?? `The provider refused the prompt: ${reason}` }
}

/** Gemini counts thoughts beside the response, and what tools added beside the prompt. */
export function usageOfGemini(body: JsonObject): JsonObject | undefined {
  const usage = geminiUsage(body)
  if (!usage || !isObject(body.usageMetadata)) return undefined
  const ofTools = countOf(body.usageMetadata.toolUsePromptTokenCount) ?? 0
  const prompt = (usage.inputTokens ?? 0) + ofTools
  const completion = usage.outputTokens ?? 0
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  }
}

export function responseIdOf(body: JsonObject, createdSeconds: number): string {
  return stringOf(body.responseId) || mintedCallId('response', createdSeconds).replace('call_', 'chatcmpl-')
}
