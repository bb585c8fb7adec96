import { isObject, type Json, type JsonObject } from '../json.ts'
import type { WritableJson } from '../raw-json.ts'
import { checkFields, eachObject, type FieldRules, isEmpty, isExactly } from './check-fields.ts'
import { UntranslatableError } from './untranslatable-error.ts'

/** The conversation, with the system prompt as its first message and each tool's result as a message of its own. */
export function messagesToChatMessages(
  request: JsonObject,
  raw: Map<string, string>,
  ignored: string[],
): WritableJson[] {
  const messages: WritableJson[] = []
  const system = textContent(request.system, 'system', ignored)
  if (system !== undefined) messages.push({ role: 'system', content: system })
  let last: Json | undefined
  for (const [index, message] of eachObject(request.messages, 'messages')) {
    const path = `messages[${index}]`
    checkFields(message, path, { translated: ['role', 'content'] }, ignored)
    last = message.role
    if (message.role === 'user') messages.push(...userMessages(message.content, `${path}.content`, ignored))
    else if (message.role === 'assistant') {
      const input = (block: number) => raw.get(`/messages/${index}/content/${block}/input`)
      messages.push(assistantMessage(message.content, `${path}.content`, input, ignored))
    } else if (message.role === 'system') {
      messages.push({
        role: 'system',
        content: textContent(message.content, `${path}.content`, ignored) ?? '',
      })
    } else throw new UntranslatableError(`${path}.role`, 'it is none of user, assistant, system')
  }
  if (last === 'assistant') {
    throw new UntranslatableError(
      'messages',
      'the last one begins an answer, which cannot be continued there',
    )
  }
  return messages
}

const textRules: FieldRules = {
  translated: ['type', 'text'],
  neutral: { citations: isEmpty },
  ignored: ['cache_control'],
}

/** Text blocks: a string where there is one of them, otherwise a list of parts. */
function textContent(content: Json | undefined, path: string, ignored: string[]): WritableJson | undefined {
  if (content === undefined || content === null || typeof content === 'string') return content ?? undefined
  const parts = [...eachObject(content, path)].map(([index, block]) => {
    if (block.type !== 'text') throw new UntranslatableError(`${path}[${index}]`, 'only text can stand here')
    checkFields(block, `${path}[${index}]`, textRules, ignored)
    return { type: 'text', text: block.text }
  })
  return parts.length === 1 ? parts[0]?.text : parts.length === 0 ? undefined : parts
}

function userMessages(content: Json | undefined, path: string, ignored: string[]): WritableJson[] {
  if (!Array.isArray(content)) return [{ role: 'user', content: content ?? '' }]
  const results: WritableJson[] = []
  const parts: { [field: string]: WritableJson | undefined }[] = []
  for (const [index, block] of eachObject(content, path)) {
    const at = `${path}[${index}]`
    if (block.type === 'tool_result') results.push(toolMessage(block, at, ignored))
    else parts.push(userPart(block, at, ignored))
  }
  if (parts.length === 0) return results
  const [first] = parts
  const whole = parts.length === 1 && first?.type === 'text' ? (first.text ?? '') : parts
  return [...results, { role: 'user', content: whole }]
}

function userPart(
  block: JsonObject,
  path: string,
  ignored: string[],
): { [field: string]: WritableJson | undefined } {
  if (block.type === 'text') {
    checkFields(block, path, textRules, ignored)
    return { type: 'text', text: block.text }
  }
  if (block.type === 'image' && isObject(block.source)) {
    checkFields(block, path, { translated: ['type', 'source'], ignored: ['cache_control'] }, ignored)
    const { source } = block
    if (source.type !== 'base64' && source.type !== 'url') {
      throw new UntranslatableError(`${path}.source`, 'an image must be in base64 or have a URL there')
    }
    const url = source.type === 'url' ? source.url : `data:${source.media_type};base64,${source.data}`
    return { type: 'image_url', image_url: { url } }
  }
  if (block.type === 'document' && isObject(block.source)) {
    checkFields(block, path, documentRules, ignored)
    const { type, media_type, data } = block.source
    if (type !== 'base64')
      throw new UntranslatableError(`${path}.source`, 'a document must be a PDF in base64 there')
    const file_data = `data:${media_type};base64,${data}`
    return { type: 'file', file: { filename: block.title ?? 'document.pdf', file_data } }
  }
  throw new UntranslatableError(path, `a block of type ${String(block.type)} has no equivalent there`)
}

const documentRules: FieldRules = {
  translated: ['type', 'source', 'title'],
  neutral: { citations: (value) => isObject(value) && value.enabled !== true },
  ignored: ['cache_control'],
}

/** OpenAI has no mark for a failed call: the model learns of it in words. */
const failed = 'The tool failed: '

function toolMessage(block: JsonObject, path: string, ignored: string[]): WritableJson {
  const translated = ['type', 'tool_use_id', 'content', 'is_error']
  checkFields(block, path, { translated, ignored: ['cache_control'] }, ignored)
  const content = textContent(block.content, `${path}.content`, ignored) ?? ''
  const told =
    typeof content === 'string' ? failed + content : [{ type: 'text', text: failed }, ...asList(content)]
  return { role: 'tool', tool_call_id: block.tool_use_id, content: block.is_error === true ? told : content }
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
  ignored: string[],
): WritableJson {
  if (!Array.isArray(content)) return { role: 'assistant', content: content ?? '' }
  const texts: Json[] = []
  const calls: WritableJson[] = []
  for (const [index, block] of eachObject(content, path)) {
    const at = `${path}[${index}]`
    if (block.type === 'text') {
      checkFields(block, at, textRules, ignored)
      texts.push({ type: 'text', text: block.text })
    } else if (block.type === 'tool_use') {
      checkFields(block, at, toolUseRules, ignored)
      const called = { name: block.name, arguments: rawInput(index) ?? '{}' }
      calls.push({ id: block.id, type: 'function', function: called })
    } else if (block.type === 'thinking' || block.type === 'redacted_thinking') {
      // Signed by its provider and of use to that one alone.
      ignored.push(at)
    } else throw new UntranslatableError(at, `a block of type ${String(block.type)} has no equivalent there`)
  }
  const [first] = texts
  return {
    role: 'assistant',
    content: texts.length === 0 ? null : texts.length === 1 && isObject(first) ? first.text : texts,
    tool_calls: calls.length === 0 ? undefined : calls,
  }
}
