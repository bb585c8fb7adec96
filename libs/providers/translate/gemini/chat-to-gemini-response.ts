import { openaiUsage } from '../../formats/openai/usage.ts'
import { isObject, type Json, type JsonObject, objectsOf, parseObject, stringOf } from '../../json.ts'
import { rawJson, type WritableJson, writeJson } from '../../raw-json.ts'
import { reasoningOf, stopReasonOf, textOf } from '../chat-to-messages-parts.ts'
import { providerMessage } from '../errors.ts'
import { argumentsObject } from '../tool-arguments.ts'
import type { ResponseOptions } from '../translator.ts'
import { MalformedResponseError } from '../untranslatable-error.ts'
import { signatureOfCall } from './signatures.ts'

/** An OpenAI chat completion as a response of Gemini's, in a list for a client that reads a stream so. */
export function chatToGeminiResponse(text: string, options: ResponseOptions): string {
  const completion = parseObject(text)
  const choices = [...objectsOf(completion?.choices)].filter(([, { message }]) => isObject(message))
  // Some servers respond in the client's own format whatever they are asked in.
  if (completion && Array.isArray(completion.candidates)) return options.asList ? `[${text}]` : text
  if (!completion || choices.length === 0) {
    const reported = completion && providerMessage(completion)
    throw new MalformedResponseError(
      `The provider's response is not an OpenAI chat completion${reported ? `: ${reported}` : ''}`,
    )
  }
  const candidates = choices.map(([at, choice]) => candidateOf(choice, at, options))
  const body = writeJson({ candidates, ...identityOf(completion), usageMetadata: usageMetadata(completion) })
  return options.asList ? `[${body}]` : body
}

function candidateOf(choice: JsonObject, at: number, { toolNames }: ResponseOptions): WritableJson {
  const message = choice.message as JsonObject
  const refusal = stringOf(message.refusal) ?? ''
  const thoughts = reasoningOf(message)
  const parts: WritableJson[] = []
  if (thoughts !== '') parts.push({ text: thoughts, thought: true })
  for (const said of [textOf(message.content), refusal]) if (said !== '') parts.push({ text: said })
  for (const call of callsIn(message))
    if (isObject(call.function))
      parts.push(callPart(call, call.function.name, call.function.arguments, toolNames))
  return {
    content: { role: 'model', parts },
    finishReason: finishReasonFor(choice.finish_reason, refusal !== ''),
    index: typeof choice.index === 'number' ? choice.index : at,
  }
}

/** Calls of a message or of a delta, also that of the function-calling of old. */
export function callsIn({ tool_calls, function_call }: JsonObject): JsonObject[] {
  const calls = [...objectsOf(tool_calls)].map(([, call]) => call)
  return isObject(function_call) ? [...calls, { function: function_call }] : calls
}

export function callPart(
  call: JsonObject,
  name: Json | undefined,
  args: Json | undefined,
  toolNames: ResponseOptions['toolNames'],
): WritableJson {
  const named = stringOf(name) ?? ''
  const id = typeof call.id === 'number' ? String(call.id) : stringOf(call.id)
  return {
    functionCall: {
      id: id || undefined,
      name: toolNames.get(named) ?? named,
      args: rawJson(argumentsObject(args).json),
    },
    thoughtSignature: signatureOfCall(call),
  }
}

const finishReasons: Record<string, string> = { max_tokens: 'MAX_TOKENS', refusal: 'SAFETY' }

export function finishReasonFor(reason: Json | undefined, refused: boolean): string {
  return finishReasons[stopReasonOf(reason, { calls: false, refusal: refused })] ?? 'STOP'
}

export function identityOf({ id, model }: JsonObject): JsonObject {
  const [modelVersion, responseId] = [stringOf(model), stringOf(id)]
  return { ...(modelVersion && { modelVersion }), ...(responseId && { responseId }) }
}

/** OpenAI counts what a model thought as part of the response. */
export function usageMetadata(body: JsonObject): JsonObject | undefined {
  const usage = openaiUsage(body)
  if (!usage) return undefined
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens, reasoningTokens } = usage
  return {
    promptTokenCount: inputTokens,
    candidatesTokenCount: Math.max(outputTokens - (reasoningTokens ?? 0), 0),
    totalTokenCount: inputTokens + outputTokens,
    cachedContentTokenCount: cachedInputTokens || undefined,
    thoughtsTokenCount: reasoningTokens || undefined,
  }
}
