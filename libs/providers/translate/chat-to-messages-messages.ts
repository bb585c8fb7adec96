import { isObject, type Json, type JsonObject } from '../json.ts'
import { rawJson, type WritableJson } from '../raw-json.ts'
import { checkFields, eachObject, isEmpty } from './check-fields.ts'
import { UntranslatableError } from './untranslatable-error.ts'

type Message = { role: 'user' | 'assistant'; content: WritableJson }

/**
 * The conversation: system prompts, wherever they stand, move to the one place that Anthropic has for them; answers to
 * tool calls become one user message, as its API wants the results of parallel calls together.
 */
export function chatMessagesToMessages(
  value: Json | undefined,
  ignored: string[],
): { system: WritableJson | undefined; messages: WritableJson[] } {
  const system: JsonObject[] = []
  const messages: Message[] = []
  let results: WritableJson[] = []
  let lastRole: unknown
  for (const [index, message] of eachObject(value, 'messages')) {
    const path = `messages[${index}]`
    if (message.role === 'system' || message.role === 'developer') {
      system.push(...systemBlocks(message, path, ignored))
      continue
    }
    if (message.role === 'tool') {
      if (lastRole !== 'tool') {
        results = []
        messages.push({ role: 'user', content: results })
      }
      lastRole = message.role
      results.push(toolResult(message, path, ignored))
      continue
    }
    lastRole = message.role
    if (message.role === 'user') {
      checkFields(message, path, { translated: ['role', 'content'] }, ignored)
      messages.push({ role: 'user', content: userContent(message.content, path, ignored) })
    } else if (message.role === 'assistant') {
      const blocks = assistantBlocks(message, path, ignored)
      const [only] = blocks
      if (blocks.length === 1 && typeof only === 'string') messages.push({ role: 'assistant', content: only })
      else if (blocks.length > 0) messages.push({ role: 'assistant', content: blocks.map(asBlock) })
    } else
      throw new UntranslatableError(`${path}.role`, 'it is none of system, developer, user, assistant, tool')
  }
  if (messages.length === 0) {
    throw new UntranslatableError('messages', 'there is no message besides system prompts to answer')
  }
  if (lastRole === 'assistant') {
    throw new UntranslatableError('messages', 'the last one is an answer, which would be continued there')
  }
  const [first] = system
  const prompt = system.length === 1 && first ? first.text : system
  return { system: system.length === 0 ? undefined : prompt, messages }
}

function asBlock(block: WritableJson): WritableJson {
  return typeof block === 'string' ? textBlock(block) : block
}

function textBlock(text: Json | undefined): JsonObject {
  return { type: 'text', text }
}

const textPart = { translated: ['type', 'text'], ignored: ['prompt_cache_breakpoint'] }

function systemBlocks(message: JsonObject, path: string, ignored: string[]): JsonObject[] {
  checkFields(message, path, { translated: ['role', 'content'] }, ignored)
  if (!Array.isArray(message.content)) return message.content ? [textBlock(message.content)] : []
  return textBlocks(message.content, `${path}.content`, ignored)
}

function textBlocks(parts: Json[], path: string, ignored: string[]): JsonObject[] {
  return parts.map((part, index) => {
    if (!isObject(part) || part.type !== 'text') {
      throw new UntranslatableError(`${path}[${index}]`, 'only text can stand here')
    }
    checkFields(part, `${path}[${index}]`, textPart, ignored)
    return textBlock(part.text)
  })
}

function userContent(content: Json | undefined, path: string, ignored: string[]): WritableJson {
  if (!Array.isArray(content)) return content ?? ''
  return content.map((part, index) => userBlock(part, `${path}.content[${index}]`, ignored))
}

function userBlock(part: Json, path: string, ignored: string[]): WritableJson {
  if (!isObject(part)) throw new UntranslatableError(path, 'it is not a content part')
  if (part.type === 'text') {
    checkFields(part, path, textPart, ignored)
    return textBlock(part.text)
  }
  if (part.type === 'image_url' && isObject(part.image_url)) {
    checkFields(
      part,
      path,
      { translated: ['type', 'image_url'], ignored: ['prompt_cache_breakpoint'] },
      ignored,
    )
    return imageBlock(part.image_url, `${path}.image_url`)
  }
  if (part.type === 'file' && isObject(part.file)) {
    checkFields(part, path, { translated: ['type', 'file'], ignored: ['prompt_cache_breakpoint'] }, ignored)
    return documentBlock(part.file, `${path}.file`)
  }
  throw new UntranslatableError(path, `content of type ${String(part.type)} has no equivalent there`)
}

/** Images are always seen in full there: what asks for that is met, what asks for less is not. */
const imageRules = {
  translated: ['url'],
  neutral: { detail: (value: Json) => value !== 'low' },
  reasons: { detail: 'an image cannot be seen in low detail there' },
}

function imageBlock(image: JsonObject, path: string): WritableJson {
  checkFields(image, path, imageRules, [])
  if (typeof image.url !== 'string') throw new UntranslatableError(`${path}.url`, 'it is not a string')
  const inline = readDataUrl(image.url)
  if (inline) return { type: 'image', source: { type: 'base64', ...inline } }
  if (image.url.startsWith('data:'))
    throw new UntranslatableError(`${path}.url`, 'a data URL must be in base64')
  return { type: 'image', source: { type: 'url', url: image.url } }
}

function documentBlock(file: JsonObject, path: string): WritableJson {
  checkFields(file, path, { translated: ['file_data', 'filename'] }, [])
  const inline = typeof file.file_data === 'string' ? readDataUrl(file.file_data) : undefined
  if (inline?.media_type !== 'application/pdf') {
    throw new UntranslatableError(`${path}.file_data`, 'it must be a PDF in a base64 data URL')
  }
  return { type: 'document', source: { type: 'base64', ...inline }, title: file.filename ?? undefined }
}

function readDataUrl(url: string): { media_type: string; data: string } | undefined {
  const comma = url.indexOf(',')
  const match = /^data:([^;,]+);base64$/.exec(url.slice(0, comma))
  return match?.[1] ? { media_type: match[1], data: url.slice(comma + 1) } : undefined
}

/** What a client sends back with an answer that it got: none of it reaches the model at OpenAI either. */
const assistantRules = {
  translated: ['role', 'content', 'refusal', 'tool_calls'],
  neutral: { annotations: () => true, audio: isEmpty },
  ignored: ['reasoning_content', 'reasoning'],
}

/** A string stands for a text block, to keep a message that is only text as short as it was. */
function assistantBlocks(message: JsonObject, path: string, ignored: string[]): WritableJson[] {
  checkFields(message, path, assistantRules, ignored)
  const blocks: WritableJson[] = []
  if (typeof message.content === 'string' && message.content !== '') blocks.push(message.content)
  if (Array.isArray(message.content)) {
    for (const [index, part] of message.content.entries()) {
      const at = `${path}.content[${index}]`
      if (!isObject(part)) throw new UntranslatableError(at, 'it is not a content part')
      checkFields(part, at, { ...textPart, translated: ['type', 'text', 'refusal'] }, ignored)
      blocks.push(textBlock(part.text ?? part.refusal))
    }
  }
  if (typeof message.refusal === 'string' && message.refusal !== '') blocks.push(textBlock(message.refusal))
  for (const [index, call] of eachObject(message.tool_calls, `${path}.tool_calls`)) {
    blocks.push(toolUse(call, `${path}.tool_calls[${index}]`))
  }
  return blocks
}

function toolUse(call: JsonObject, path: string): WritableJson {
  if (!isObject(call.function)) throw new UntranslatableError(path, 'only functions can be called there')
  checkFields(call, path, { translated: ['id', 'type', 'function'], neutral: { index: () => true } }, [])
  checkFields(call.function, `${path}.function`, { translated: ['name', 'arguments'] }, [])
  const text = typeof call.function.arguments === 'string' ? call.function.arguments : ''
  return {
    type: 'tool_use',
    id: call.id,
    name: call.function.name,
    input: rawJson(argumentsJson(text, `${path}.function.arguments`)),
  }
}

/** Arguments are an object there, not a text: they must be one. An empty text stands for no arguments. */
function argumentsJson(text: string, path: string): string {
  if (text.trim() === '') return '{}'
  try {
    if (isObject(JSON.parse(text))) return text
  } catch {}
  throw new UntranslatableError(path, 'it is not a JSON object')
}

function toolResult(message: JsonObject, path: string, ignored: string[]): WritableJson {
  checkFields(message, path, { translated: ['role', 'content', 'tool_call_id'], ignored: ['name'] }, ignored)
  const content = Array.isArray(message.content)
    ? textBlocks(message.content, `${path}.content`, ignored)
    : message.content
  return { type: 'tool_result', tool_use_id: message.tool_call_id, content }
}
