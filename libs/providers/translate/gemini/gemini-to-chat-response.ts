import { isObject, type JsonObject, listOf, objectsOf, parseObject, stringOf } from '../../json.ts'
import { rawValues, writeJson } from '../../raw-json.ts'
import { pointer } from '../../text-part.ts'
import { providerMessage } from '../errors.ts'
import type { ResponseOptions } from '../translator.ts'
import { MalformedResponseError } from '../untranslatable-error.ts'
import {
  blockedPrompt,
  finishReasonOfGemini,
  refusalOfGemini,
  responseIdOf,
  spokenIn,
  usageOfGemini,
} from './gemini-to-chat-parts.ts'

/** A response of Gemini's `generateContent` as an OpenAI chat completion. */
export function geminiToChatResponse(text: string, options: ResponseOptions): string {
  const body = parseObject(text)
  // Some servers respond in the client's own format whatever they are asked in.
  if (isObject([...objectsOf(body?.choices)][0]?.[1].message)) return text
  const blocked = body && blockedPrompt(body)
  const candidates = listOf(body?.candidates).filter(isObject)
  if (!body || (candidates.length === 0 && !blocked)) {
    const reported = body && providerMessage(body)
    throw new MalformedResponseError(
      `The provider's response is not one of Gemini${reported ? `: ${reported}` : ''}`,
    )
  }
  const raw = rawValues(text, [['candidates', '*', 'content', 'parts', '*', 'functionCall', 'args']])
  const id = responseIdOf(body, options.createdSeconds)
  const choices = (candidates.length === 0 ? [blocked!] : candidates).map((candidate, at) => {
    const args = (part: number) =>
      raw.get(pointer('/candidates', at, 'content', 'parts', part, 'functionCall', 'args'))
    return choiceOf(candidate, at, args, id, options)
  })
  return writeJson({
    id,
    object: 'chat.completion',
    created: options.createdSeconds,
    model: stringOf(body.modelVersion) || options.model || 'unknown',
    choices,
    usage: usageOfGemini(body),
  })
}

function choiceOf(
  candidate: JsonObject,
  at: number,
  args: (part: number) => string | undefined,
  id: string,
  options: ResponseOptions,
): JsonObject {
  const { text, thoughts, images, calls } = spokenIn(candidate.content, args, at * 1_000, id, options)
  const has = { calls: calls.length > 0, content: text !== '' || images.length > 0 }
  return {
    index: typeof candidate.index === 'number' ? candidate.index : at,
    message: {
      role: 'assistant',
      content: text === '' ? null : text,
      refusal: refusalOfGemini(candidate),
      reasoning_content: thoughts || undefined,
      images: images.length === 0 ? undefined : images,
      tool_calls: calls.length === 0 ? undefined : calls,
    },
    logprobs: null,
    finish_reason: finishReasonOfGemini(candidate, has),
  }
}
