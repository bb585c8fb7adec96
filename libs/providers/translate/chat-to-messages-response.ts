import { isObject, type JsonObject, objectsOf, parseObject, stringOf } from '../json.ts'
import { rawJson, type WritableJson, writeJson } from '../raw-json.ts'
import { anthropicCallId, mintedCallId } from './call-ids.ts'
import { reasoningOf, stopReasonOf, textOf, usageOfMessages } from './chat-to-messages-parts.ts'
import { providerMessage } from './errors.ts'
import { signatureOfCall, thinkingSignature } from './gemini/signatures.ts'
import { identityOf } from './identity.ts'
import { argumentsObject } from './tool-arguments.ts'
import type { ResponseOptions } from './translator.ts'
import { MalformedResponseError } from './untranslatable-error.ts'

/** An OpenAI chat completion as an Anthropic message. */
export function chatToMessagesResponse(text: string, options: ResponseOptions): string {
  const completion = parseObject(text)
  // Some servers respond in the client's own format whatever they are asked in.
  if (completion?.type === 'message' && Array.isArray(completion.content)) return text
  const [first] = [...objectsOf(completion?.choices)]
  const choice = first?.[1]
  if (!completion || !choice || !isObject(choice.message)) {
    const reported = completion && providerMessage(completion)
    const reason = reported ? `: ${reported}` : ''
    throw new MalformedResponseError(`The provider's response is not an OpenAI chat completion${reason}`)
  }
  const { message } = choice
  const { id, model } = identityOf(completion, 'msg_', options)
  const refusal = stringOf(message.refusal) ?? ''
  const calls = callsOf(message, completion, options)
  return writeJson({
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [...textsOf(message, refusal), ...calls],
    stop_reason: stopReasonOf(choice.finish_reason, { calls: calls.length > 0, refusal: refusal !== '' }),
    stop_sequence: null,
    usage: usageOfMessages(completion),
  })
}

function textsOf(message: JsonObject, refusal: string): WritableJson[] {
  const content: WritableJson[] = []
  const thinking = reasoningOf(message)
  const signature = [...objectsOf(message.tool_calls)].map(([, call]) => signatureOfCall(call)).find(Boolean)
  if (thinking !== '' || signature !== undefined)
    content.push({
      ...{ type: 'thinking', thinking },
      signature: signature === undefined ? '' : thinkingSignature(signature),
    })
  for (const text of [textOf(message.content), refusal]) if (text !== '') content.push({ type: 'text', text })
  return content
}

function callsOf(message: JsonObject, completion: JsonObject, options: ResponseOptions): WritableJson[] {
  const calls: WritableJson[] = []
  const ids = new Set<unknown>()
  const old = isObject(message.function_call) ? [{ id: undefined, function: message.function_call }] : []
  for (const { id: known, function: called } of [...objectsOf(message.tool_calls)]
    .map(([, call]) => call)
    .concat(old)) {
    if (!isObject(called)) continue
    // Calls of one response that share an id are different calls.
    const id = known && ids.has(known) ? `${String(known)} ${calls.length + 1}` : known
    ids.add(known)
    const input = rawJson(argumentsObject(called.arguments).json)
    calls.push({ type: 'tool_use', ...calledAs(id, called.name, calls.length, completion, options), input })
  }
  return calls
}

/** Id and name of a call as the client knows them; a call that came without an id gets one. */
export function calledAs(
  id: unknown,
  name: unknown,
  index: number,
  { id: response }: JsonObject,
  { createdSeconds, toolNames }: ResponseOptions,
): { id: string; name: string } {
  const named = stringOf(name) ?? ''
  const known = typeof id === 'number' ? String(id) : stringOf(id)
  const given = known || mintedCallId(String(response), createdSeconds, index)
  return { id: anthropicCallId(given), name: toolNames.get(named) ?? named }
}
