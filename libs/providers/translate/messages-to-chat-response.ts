import { isObject, type JsonObject, objectsOf, parseObject, stringOf } from '../json.ts'
import { rawValues, writeJson } from '../raw-json.ts'
import { mintedCallId } from './call-ids.ts'
import { providerMessage } from './errors.ts'
import { identityOf } from './identity.ts'
import { finishReasonOf, usageOfChat } from './messages-to-chat-parts.ts'
import type { ResponseOptions } from './translator.ts'
import { MalformedResponseError } from './untranslatable-error.ts'

/** An Anthropic message as an OpenAI chat completion. */
export function messagesToChatResponse(text: string, options: ResponseOptions): string {
  const { createdSeconds, toolNames } = options
  const message = parseObject(text)
  if (message && isCompletion(message)) return text
  if (message?.type !== 'message' || !isContent(message.content)) {
    const reported = message && providerMessage(message)
    throw new MalformedResponseError(
      `The provider's response is not an Anthropic message${reported ? `: ${reported}` : ''}`,
    )
  }
  const raw = rawValues(text, [['content', '*', 'input']])
  const texts: string[] = typeof message.content === 'string' ? [message.content] : []
  const thoughts: string[] = []
  const calls: JsonObject[] = []
  for (const [index, block] of objectsOf(message.content)) {
    if (block.type === 'text') texts.push(stringOf(block.text) ?? '')
    else if (block.type === 'thinking') thoughts.push(stringOf(block.thinking) ?? '')
    else if (block.type === 'tool_use') {
      const name = toolNames.get(String(block.name)) ?? block.name
      const called = { name, arguments: raw.get(`/content/${index}/input`) ?? '{}' }
      const id = stringOf(block.id) || mintedCallId(String(message.id), createdSeconds, calls.length)
      calls.push({ id, type: 'function', function: called })
    }
  }
  const spoken: JsonObject = {
    role: 'assistant',
    content: texts.length === 0 ? null : texts.join(''),
    refusal: refusalOf(message),
    reasoning_content: thoughts.join('') || undefined,
    tool_calls: calls.length === 0 ? undefined : calls,
  }
  const { id, model } = identityOf(message, 'chatcmpl-', options)
  const finish_reason = finishReasonOf(message.stop_reason, calls.length > 0)
  return writeJson({
    id,
    object: 'chat.completion',
    created: createdSeconds,
    model,
    choices: [{ index: 0, message: spoken, logprobs: null, finish_reason }],
    usage: isObject(message.usage) ? usageOfChat(message.usage) : undefined,
  })
}

/** Some servers respond in the client's own format whatever they are asked in. */
function isCompletion({ choices }: JsonObject): boolean {
  const [first] = [...objectsOf(choices)]
  return isObject(first?.[1].message)
}

/** Some compatible servers give a string. */
function isContent(content: unknown): boolean {
  return Array.isArray(content) || typeof content === 'string'
}

/** The provider's words for why it refused, where it gave any. */
export function refusalOf({ stop_details }: JsonObject): string | null {
  return isObject(stop_details) ? (stringOf(stop_details.explanation) ?? null) : null
}
