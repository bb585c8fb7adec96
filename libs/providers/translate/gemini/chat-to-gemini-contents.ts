import { isObject, type Json, type JsonObject, parseObject, stringOf } from '../../json.ts'
import { rawJson, type WritableJson } from '../../raw-json.ts'
import { type CallIds, createCallIds } from '../call-ids.ts'
import { isBlank, textBlocks } from '../chat-to-messages-content.ts'
import {
  assistantRules,
  calledRules,
  callRules,
  checkNames,
  messageRules,
} from '../chat-to-messages-messages.ts'
import { checkFields, eachObject } from '../check-fields.ts'
import { argumentsObject } from '../tool-arguments.ts'
import type { ToolNames } from '../tool-names.ts'
import { UntranslatableError } from '../untranslatable-error.ts'
import { chatPartsToGemini } from './chat-to-gemini-parts.ts'
import { signatureOfCall, unsigned } from './signatures.ts'

type Context = {
  names: ToolNames
  ids: CallIds
  ignored: string[]
  /** The model refuses calls without the signatures of their thoughts. */
  wantsSignatures: boolean
  /** Name of each call, by its id at the provider. */
  called: Map<string, string>
}
type Content = { role: 'user' | 'model'; parts: WritableJson[] }

/**
 * The conversation: system prompts, wherever they stand, move to the one place that Gemini has for them; the results of
 * parallel calls stand together, as it wants them. A text that is empty or blank is left out.
 */
export function chatMessagesToContents(
  value: Json | undefined,
  { model, names, ignored }: { model: Json | undefined; names: ToolNames; ignored: string[] },
): { systemInstruction: WritableJson | undefined; contents: WritableJson[] } {
  const wantsSignatures = /gemini-(?:[3-9]|\d{2})|gemini-(?:flash|pro)(?:-lite)?-latest/.test(String(model))
  const context: Context = { names, ids: createCallIds(), ignored, wantsSignatures, called: new Map() }
  const system: WritableJson[] = []
  const contents: Content[] = []
  let lastRole: unknown
  checkNames(value)
  for (const [index, message] of eachObject(value, 'messages')) {
    const path = `messages[${index}]`
    if (message.role === 'system' || message.role === 'developer') {
      checkFields(message, path, messageRules, ignored)
      system.push(...textsOf(message.content, `${path}.content`, ignored))
      continue
    }
    const content = contentOf(message, path, context)
    if (content.parts.length === 0) continue
    if (message.role === 'tool' && lastRole === 'tool') contents.at(-1)!.parts.push(...content.parts)
    else contents.push(content)
    lastRole = message.role
  }
  if (contents.length === 0)
    throw new UntranslatableError('messages', 'there is no message with content besides system prompts')
  if (lastRole === 'assistant')
    throw new UntranslatableError('messages', 'the last one is a response, which would be continued there')
  return { systemInstruction: system.length === 0 ? undefined : { parts: system }, contents }
}

function contentOf(message: JsonObject, path: string, context: Context): Content {
  const { ignored } = context
  if (message.role === 'user') {
    checkFields(message, path, messageRules, ignored)
    return { role: 'user', parts: userParts(message.content, `${path}.content`, ignored) }
  }
  if (message.role === 'assistant') return { role: 'model', parts: modelParts(message, path, context) }
  if (message.role === 'tool') return { role: 'user', parts: resultParts(message, path, context) }
  throw new UntranslatableError(`${path}.role`, 'it is none of system, developer, user, assistant, tool')
}

function textsOf(content: Json | undefined, path: string, ignored: string[]): WritableJson[] {
  if (!Array.isArray(content)) return isBlank(content) ? [] : [{ text: content ?? '' }]
  return textBlocks(content, path, ignored).map(({ text }) => ({ text }))
}

function userParts(content: Json | undefined, path: string, ignored: string[]): WritableJson[] {
  if (Array.isArray(content)) return chatPartsToGemini(content, path, ignored)
  return isBlank(content) ? [] : [{ text: content ?? '' }]
}

function modelParts(message: JsonObject, path: string, context: Context): WritableJson[] {
  const { ignored, names, ids, called: calledNames } = context
  checkFields(message, path, assistantRules, ignored)
  const parts: WritableJson[] = []
  if (Array.isArray(message.content)) {
    for (const [index, part] of eachObject(message.content, `${path}.content`)) {
      if (part.type === 'thinking' || part.type === 'reasoning') ignored.push(`${path}.content[${index}]`)
      else if (!isBlank(part.text ?? part.refusal)) parts.push({ text: part.text ?? part.refusal })
    }
  } else if (!isBlank(message.content)) parts.push({ text: message.content })
  if (typeof message.refusal === 'string' && !isBlank(message.refusal)) parts.push({ text: message.refusal })
  let isFirst = true
  for (const [index, call] of eachObject(message.tool_calls, `${path}.tool_calls`)) {
    const at = `${path}.tool_calls[${index}]`
    const definition = call.function
    if (!isObject(definition)) throw new UntranslatableError(at, 'only functions can be called there')
    const signature = signatureOfCall(call)
    const { extra_content, ...others } = call
    checkFields(signature === undefined ? call : others, at, callRules, ignored)
    checkFields(definition, `${at}.function`, calledRules, ignored)
    const { json, isWhole } = argumentsObject(definition.arguments)
    if (!isWhole) ignored.push(`${at}.function.arguments`)
    const name = names.toProvider(stringOf(definition.name) ?? '')
    const id = ids.call(call.id)
    calledNames.set(id, name)
    parts.push({
      functionCall: { id, name, args: rawJson(json) },
      // Of parallel calls the first one carries the signature.
      thoughtSignature: signature ?? (isFirst && context.wantsSignatures ? unsigned : undefined),
    })
    isFirst = false
  }
  return parts
}

function resultParts(
  message: JsonObject,
  path: string,
  { ids, called, names, ignored }: Context,
): WritableJson[] {
  checkFields(
    message,
    path,
    { translated: ['role', 'content', 'tool_call_id', 'name'], ignored: ['cache_control'] },
    ignored,
  )
  const { content } = message
  const at = `${path}.content`
  const parts: WritableJson[] = []
  const attached: WritableJson[] = []
  for (const part of Array.isArray(content)
    ? chatPartsToGemini(content, at, ignored)
    : textsOf(content, at, ignored))
    if (isObject(part) && 'text' in part) parts.push(part.text as WritableJson)
    else attached.push(part)
  const id = ids.result(message.tool_call_id)
  const name = called.get(id) ?? names.toProvider(stringOf(message.name) || 'unknown')
  return [{ functionResponse: { id, name, response: responseOf(parts.join('\n')) } }, ...attached]
}

/** A result is an object there: that of the tool itself, or one that holds its text. */
function responseOf(text: string): WritableJson {
  return parseObject(text) ? rawJson(text) : { output: text }
}
