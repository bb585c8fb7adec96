import { isObject, type Json, type JsonObject, stringOf } from '../json.ts'
import { rawJson, type WritableJson } from '../raw-json.ts'
import { type CallIds, createCallIds } from './call-ids.ts'
import { chatPartsToBlocks, isBlank, textBlock, textBlocks } from './chat-to-messages-content.ts'
import { checkFields, eachObject, isEmpty } from './check-fields.ts'
import { argumentsObject } from './tool-arguments.ts'
import type { ToolNames } from './tool-names.ts'
import { UntranslatableError } from './untranslatable-error.ts'

type Message = { role: 'user' | 'assistant'; content: WritableJson }
type Context = { ids: CallIds; names: ToolNames; ignored: string[] }

/**
 * The conversation: system prompts, wherever they stand, move to the one place that Anthropic has for them; results of
 * tool calls become one user message, as its API wants the results of parallel calls together. A text that is empty or
 * blank is left out: Anthropic refuses it.
 */
export function chatMessagesToMessages(
  value: Json | undefined,
  names: ToolNames,
  ignored: string[],
): { system: WritableJson | undefined; messages: WritableJson[]; continuesCall: boolean } {
  const context: Context = { ids: createCallIds(), names, ignored }
  const system: JsonObject[] = []
  const messages: Message[] = []
  let results: WritableJson[] = []
  let lastRole: unknown
  checkNames(value)
  for (const [index, message] of eachObject(value, 'messages')) {
    const path = `messages[${index}]`
    if (message.role === 'system' || message.role === 'developer') {
      checkFields(message, path, messageRules, ignored)
      system.push(...systemBlocks(message, path, ignored))
      continue
    }
    if (message.role === 'tool') {
      if (lastRole !== 'tool') {
        results = []
        messages.push({ role: 'user', content: results })
      }
      lastRole = message.role
      results.push(toolResult(message, path, context))
    } else if (message.role === 'user') {
      checkFields(message, path, messageRules, ignored)
      const content = userContent(message.content, path, ignored)
      if (content === undefined) continue
      lastRole = message.role
      messages.push({ role: 'user', content })
    } else if (message.role === 'assistant') {
      const blocks = assistantBlocks(message, path, context)
      if (blocks.length === 0) continue
      lastRole = message.role
      const [only] = blocks
      const content = blocks.length === 1 && typeof only === 'string' ? only : blocks.map(asBlock)
      messages.push({ role: 'assistant', content })
    } else
      throw new UntranslatableError(`${path}.role`, 'it is none of system, developer, user, assistant, tool')
  }
  if (messages.length === 0) {
    throw new UntranslatableError('messages', 'there is no message with content besides system prompts')
  }
  if (lastRole === 'assistant') {
    throw new UntranslatableError('messages', 'the last one is a response, which would be continued there')
  }
  const [first] = system
  const prompt = system.length === 1 && first?.cache_control === undefined ? first?.text : system
  return {
    system: system.length === 0 ? undefined : prompt,
    messages,
    continuesCall: lastRole === 'tool',
  }
}

/** `name` distinguishes participants of one role: where there is only one of them, nothing is lost without it. */
export const messageRules = { translated: ['role', 'content'], ignored: ['name', 'cache_control'] }

export function checkNames(value: Json | undefined): void {
  const participants = new Map<unknown, unknown>()
  for (const [index, { role, name }] of eachObject(value, 'messages')) {
    if ((role !== 'user' && role !== 'assistant') || !name) continue
    if (participants.has(role) && participants.get(role) !== name) {
      const at = `messages[${index}].name`
      throw new UntranslatableError(at, `it distinguishes several participants of role ${role}`)
    }
    participants.set(role, name)
  }
}

function asBlock(block: WritableJson): WritableJson {
  return typeof block === 'string' ? textBlock(block) : block
}

function systemBlocks(message: JsonObject, path: string, ignored: string[]): JsonObject[] {
  if (Array.isArray(message.content)) return textBlocks(message.content, `${path}.content`, ignored)
  return isBlank(message.content) ? [] : [textBlock(message.content)]
}

function userContent(content: Json | undefined, path: string, ignored: string[]): WritableJson | undefined {
  if (!Array.isArray(content)) return isBlank(content) ? undefined : content
  const blocks = chatPartsToBlocks(content, `${path}.content`, ignored)
  return blocks.length === 0 ? undefined : blocks
}

/** What a client sends back with a response that it got: none of it reaches the model at OpenAI either. */
export const assistantRules = {
  translated: ['role', 'content', 'refusal', 'tool_calls'],
  neutral: { annotations: () => true, audio: isEmpty, function_call: isEmpty },
  ignored: [
    'name',
    'parsed',
    'reasoning_content',
    'reasoning',
    'reasoning_details',
    'thinking_blocks',
    'provider_specific_fields',
    'extra_content',
    'cache_control',
  ],
}

/** A string stands for a text block, to keep a message that is only text as short as it was. */
function assistantBlocks(message: JsonObject, path: string, context: Context): WritableJson[] {
  const { ignored } = context
  checkFields(message, path, assistantRules, ignored)
  const blocks: WritableJson[] = []
  const addText = (text: Json | undefined) => {
    if (!isBlank(text)) blocks.push(textBlock(text))
  }
  if (typeof message.content === 'string' && !isBlank(message.content)) blocks.push(message.content)
  if (Array.isArray(message.content)) {
    for (const [index, part] of message.content.entries()) {
      const at = `${path}.content[${index}]`
      if (!isObject(part)) throw new UntranslatableError(at, 'it is not a content part')
      if (part.type === 'thinking' || part.type === 'reasoning') {
        ignored.push(at)
        continue
      }
      const rules = {
        translated: ['type', 'text', 'refusal'],
        ignored: ['prompt_cache_breakpoint', 'cache_control'],
        neutral: { annotations: () => true },
      }
      checkFields(part, at, rules, ignored)
      addText(part.text ?? part.refusal)
    }
  }
  if (typeof message.refusal === 'string') addText(message.refusal)
  context.ids.next()
  for (const [index, call] of eachObject(message.tool_calls, `${path}.tool_calls`)) {
    blocks.push(toolUse(call, `${path}.tool_calls[${index}]`, context))
  }
  return blocks
}

export const callRules = {
  translated: ['id', 'type', 'function'],
  neutral: { index: () => true },
  ignored: ['extra_content', 'provider_specific_fields', 'thought_signature'],
}
export const calledRules = {
  translated: ['name', 'arguments'],
  ignored: ['parsed_arguments', 'thought_signature', 'provider_specific_fields'],
}

function toolUse(call: JsonObject, path: string, { ids, names, ignored }: Context): WritableJson {
  const called = call.function
  if (!isObject(called)) throw new UntranslatableError(path, 'only functions can be called there')
  checkFields(call, path, callRules, ignored)
  checkFields(called, `${path}.function`, calledRules, ignored)
  const { json, isWhole } = argumentsObject(called.arguments)
  if (!isWhole) ignored.push(`${path}.function.arguments`)
  const name = names.toProvider(stringOf(called.name) ?? '')
  return { type: 'tool_use', id: ids.call(call.id), name, input: rawJson(json) }
}

const resultRules = {
  translated: ['role', 'content', 'tool_call_id'],
  ignored: ['name', 'cache_control'],
}

function toolResult(message: JsonObject, path: string, { ids, ignored }: Context): WritableJson {
  checkFields(message, path, resultRules, ignored)
  const { content } = message
  return {
    type: 'tool_result',
    tool_use_id: ids.result(message.tool_call_id),
    content: Array.isArray(content) ? chatPartsToBlocks(content, `${path}.content`, ignored) : content,
  }
}
