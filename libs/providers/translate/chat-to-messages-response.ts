import { isObject, type Json, type JsonObject, objectsOf, parseObject, stringOf } from '../json.ts'
import { rawJson, type WritableJson, writeJson } from '../raw-json.ts'
import { stopReasonOf, usageOfMessages } from './chat-to-messages-parts.ts'
import { MalformedAnswerError } from './untranslatable-error.ts'

/** An OpenAI chat completion as an Anthropic message. */
export function chatToMessagesResponse(text: string): string {
  const completion = parseObject(text)
  const [first] = [...objectsOf(completion?.choices)]
  const choice = first?.[1]
  if (!completion || !choice || !isObject(choice.message)) {
    throw new MalformedAnswerError("The provider's answer is not an OpenAI chat completion")
  }
  const { message } = choice
  const refusal = stringOf(message.refusal) ?? ''
  return writeJson({
    id: completion.id,
    type: 'message',
    role: 'assistant',
    model: completion.model,
    content: contentOf(message, refusal),
    stop_reason: refusal === '' ? stopReasonOf(choice.finish_reason) : 'refusal',
    stop_sequence: null,
    usage: usageOfMessages(completion),
  })
}

function contentOf(message: JsonObject, refusal: string): WritableJson[] {
  const content: WritableJson[] = []
  const thinking = reasoningOf(message)
  if (thinking !== '') content.push({ type: 'thinking', thinking, signature: '' })
  for (const text of [stringOf(message.content) ?? '', refusal]) {
    if (text !== '') content.push({ type: 'text', text })
  }
  for (const [index, { id, function: called }] of objectsOf(message.tool_calls)) {
    if (!isObject(called)) continue
    const input = rawJson(argumentsJson(called.arguments, index))
    content.push({ type: 'tool_use', id, name: called.name, input })
  }
  return content
}

/** Reasoning as DeepSeek and vLLM name it, or as OpenRouter and Groq do. */
export function reasoningOf(message: JsonObject): string {
  return stringOf(message.reasoning_content) ?? stringOf(message.reasoning) ?? ''
}

function argumentsJson(value: Json | undefined, index: number): string {
  const text = stringOf(value) ?? ''
  if (text.trim() === '') return '{}'
  try {
    JSON.parse(text)
    return text
  } catch (cause) {
    throw new MalformedAnswerError(`The arguments of the provider's tool call ${index} are not JSON`, {
      cause,
    })
  }
}
