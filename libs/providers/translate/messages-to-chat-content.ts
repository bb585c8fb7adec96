import { isObject, type Json, type JsonObject, stringOf } from '../json.ts'
import type { WritableJson } from '../raw-json.ts'
import { checkFields, eachObject, type FieldRules, isEmpty } from './check-fields.ts'
import { UntranslatableError } from './untranslatable-error.ts'

export type ChatPart = { type: string; [field: string]: WritableJson | undefined }

export const textRules: FieldRules = {
  translated: ['type', 'text'],
  neutral: { citations: isEmpty },
  ignored: ['cache_control'],
}

/** A string where there is one text, or where the server knows no lists of texts; otherwise the list of parts. */
export function contentOf(parts: ChatPart[], joinsTexts: boolean): WritableJson {
  const texts = parts.map((part) => (part.type === 'text' ? stringOf(part.text) : undefined))
  if (parts.length === 1 || joinsTexts) {
    if (texts.every((text) => text !== undefined)) return texts.join('\n\n')
  }
  return parts
}

/** Text blocks, where nothing else can stand. */
export function textParts(content: Json | undefined, path: string, ignored: string[]): ChatPart[] {
  if (content === undefined || content === null) return []
  if (!Array.isArray(content)) return [{ type: 'text', text: content }]
  return [...eachObject(content, path)].flatMap(([index, block]) => {
    if (block.type !== 'text') throw new UntranslatableError(`${path}[${index}]`, 'only text can stand here')
    checkFields(block, `${path}[${index}]`, textRules, ignored)
    return block.text === '' ? [] : [{ type: 'text', text: block.text }]
  })
}

/** The part for a block of a user's message or of a tool's result. */
export function chatPart(block: JsonObject, path: string, ignored: string[]): ChatPart {
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
  if (block.type === 'document' && isObject(block.source))
    return documentPart(block, block.source, path, ignored)
  if (block.type === 'tool_reference') {
    return { type: 'text', text: `The tool ${String(block.tool_name)} can be called.` }
  }
  throw new UntranslatableError(path, `a block of type ${String(block.type)} has no equivalent there`)
}

const documentRules: FieldRules = {
  translated: ['type', 'source', 'title', 'context'],
  neutral: { citations: (value) => isObject(value) && value.enabled !== true },
  ignored: ['cache_control'],
}

function documentPart(block: JsonObject, source: JsonObject, path: string, ignored: string[]): ChatPart {
  checkFields(block, path, documentRules, ignored)
  if (source.type === 'text') {
    const heading = [block.title, block.context].filter((line) => typeof line === 'string')
    return { type: 'text', text: [...heading, source.data].join('\n') }
  }
  if (source.type !== 'base64') {
    throw new UntranslatableError(`${path}.source`, 'a document must be a PDF in base64 or a text there')
  }
  const file_data = `data:${source.media_type};base64,${source.data}`
  return { type: 'file', file: { filename: block.title ?? 'document.pdf', file_data } }
}
