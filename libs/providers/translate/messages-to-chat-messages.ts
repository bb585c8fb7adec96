import { isObject, type Json, type JsonObject, stringOf } from '../json.ts'
import type { WritableJson } from '../raw-json.ts'
import { openaiCallId, originalCallId } from './call-ids.ts'
import { chatTraits } from './chat-models.ts'
import { checkFields, eachObject, type FieldRules, isExactly } from './check-fields.ts'
import { signatureOfThinking, signedCall } from './gemini/signatures.ts'
import { type ChatPart, chatPart, contentOf, textParts, textRules } from './messages-to-chat-content.ts'
import type { ToolNames } from './tool-names.ts'
import { UntranslatableError } from './untranslatable-error.ts'

type Context = {
  names: ToolNames
  server: 'openai' | 'compatible'
  takesReasoning: boolean
  ignored: string[]
}

/**
 * The conversation, with the system prompt as its first message and each tool's result as a message of its own. Chat
 * templates of compatible servers know a system prompt at the beginning only: later ones are added to it there.
 */
export function messagesToChatMessages(
  request: JsonObject,
  raw: Map<string, string>,
  { names, server, ignored }: { names: ToolNames; server: Context['server']; ignored: string[] },
): WritableJson[] {
  const { takesReasoning } = chatTraits(request.model)
  const context: Context = {
    names,
    server,
    takesReasoning: takesReasoning && server === 'compatible',
    ignored,
  }
  const isCompatible = server === 'compatible'
  const system = textParts(request.system, 'system', ignored)
  const messages: WritableJson[] = []
  let last: Json | undefined
  for (const [index, message] of eachObject(request.messages, 'messages')) {
    const path = `messages[${index}]`
    checkFields(message, path, { translated: ['role', 'content', 'output_config'] }, ignored)
    last = message.role
    if (message.role === 'user') messages.push(...userMessages(message.content, `${path}.content`, context))
    else if (message.role === 'assistant') {
      const input = (block: number) => raw.get(`/messages/${index}/content/${block}/input`)
      messages.push(assistantMessage(message.content, `${path}.content`, input, context))
    } else if (message.role === 'system') {
      const parts = textParts(message.content, `${path}.content`, ignored)
      if (isCompatible) system.push(...parts)
      else messages.push({ role: 'system', content: parts.length === 0 ? '' : contentOf(parts, false) })
    } else throw new UntranslatableError(`${path}.role`, 'it is none of user, assistant, system')
  }
  if (last === 'assistant') {
    throw new UntranslatableError(
      'messages',
      'the last one begins a response, which cannot be continued there',
    )
  }
  if (system.length > 0) messages.unshift({ role: 'system', content: contentOf(system, isCompatible) })
  return messages
}

function userMessages(content: Json | undefined, path: string, context: Context): WritableJson[] {
  if (!Array.isArray(content)) return [{ role: 'user', content: content ?? '' }]
  const results: WritableJson[] = []
  /** What results hold besides texts stands there in the user's message that follows them. */
  const attached: ChatPart[] = []
  const parts: ChatPart[] = []
  for (const [index, block] of eachObject(content, path)) {
    const at = `${path}[${index}]`
    if (block.type === 'tool_result') results.push(toolMessage(block, at, attached, context))
    else parts.push(chatPart(block, at, context.ignored))
  }
  const whole = [...attached, ...parts]
  if (whole.length === 0) return results
  return [...results, { role: 'user', content: contentOf(whole, context.server === 'compatible') }]
}

/** OpenAI has no mark for a failed call: the model learns of it in words. */
const failed = 'The tool failed: '

function toolMessage(block: JsonObject, path: string, attached: ChatPart[], context: Context): WritableJson {
  const { ignored, server } = context
  const translated = ['type', 'tool_use_id', 'content', 'is_error']
  checkFields(block, path, { translated, ignored: ['cache_control'] }, ignored)
  const id = callId(block.tool_use_id, server)
  const parts = Array.isArray(block.content)
    ? [...eachObject(block.content, `${path}.content`)].map(([index, it]) =>
        chatPart(it, `${path}.content[${index}]`, ignored),
      )
    : textParts(block.content, `${path}.content`, ignored)
  const texts = parts.filter(({ type }) => type === 'text')
  const others = parts.filter(({ type }) => type !== 'text')
  if (others.length > 0) {
    attached.push({ type: 'text', text: `Output of the tool call ${String(id)}:` }, ...others)
    if (texts.length === 0) texts.push({ type: 'text', text: 'The output is in the next message.' })
  }
  const content = texts.length === 0 ? '' : contentOf(texts, server === 'compatible')
  if (block.is_error !== true) return { role: 'tool', tool_call_id: id, content }
  const written =
    typeof content === 'string' ? failed + content : [{ type: 'text', text: failed }, ...asList(content)]
  return { role: 'tool', tool_call_id: id, content: written }
}

function callId(id: Json | undefined, server: Context['server']): Json | undefined {
  if (typeof id !== 'string') return id
  const original = originalCallId(id)
  return server === 'openai' ? openaiCallId(original) : original
}

function asList(value: WritableJson): WritableJson[] {
  return Array.isArray(value) ? value : [value]
}

const toolUseRules: FieldRules = {
  translated: ['type', 'id', 'name', 'input'],
  neutral: { caller: (value) => isObject(value) && isExactly('direct')(value.type ?? null) },
  ignored: ['cache_control'],
}

function assistantMessage(
  content: Json | undefined,
  path: string,
  rawInput: (block: number) => string | undefined,
  { names, server, takesReasoning, ignored }: Context,
): WritableJson {
  if (!Array.isArray(content)) return { role: 'assistant', content: content ?? '' }
  const texts: ChatPart[] = []
  const calls: WritableJson[] = []
  const thoughts: string[] = []
  let signature: string | undefined
  for (const [index, block] of eachObject(content, path)) {
    const at = `${path}[${index}]`
    if (block.type === 'text') {
      checkFields(block, at, textRules, ignored)
      texts.push({ type: 'text', text: block.text })
    } else if (block.type === 'tool_use') {
      checkFields(block, at, toolUseRules, ignored)
      const name = names.toProvider(stringOf(block.name) ?? '')
      const called = { name, arguments: rawInput(index) ?? '{}' }
      const extra_content = signedCall(signature)
      signature = undefined
      calls.push({ id: callId(block.id, server), type: 'function', function: called, extra_content })
    } else if (block.type === 'thinking' && server === 'compatible' && signatureOfThinking(block.signature)) {
      signature = signatureOfThinking(block.signature)
    } else if (block.type === 'thinking' && takesReasoning && !block.signature) {
      thoughts.push(stringOf(block.thinking) ?? '')
    } else if (block.type === 'thinking' || block.type === 'redacted_thinking') {
      // Signed by its provider and of use to that one alone.
      ignored.push(at)
    } else throw new UntranslatableError(at, `a block of type ${String(block.type)} has no equivalent there`)
  }
  const empty = calls.length === 0 ? '' : null
  return {
    role: 'assistant',
    content: texts.length === 0 ? empty : contentOf(texts, server === 'compatible'),
    reasoning_content: thoughts.length === 0 ? undefined : thoughts.join('\n'),
    tool_calls: calls.length === 0 ? undefined : calls,
  }
}
