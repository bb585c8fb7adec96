import { decodeDataUrl, isTextType, parseDataUrl } from '../body/data-url.ts'
import { isObject, type Json, type JsonObject, stringOf } from '../json.ts'
import type { WritableJson } from '../raw-json.ts'
import { checkFields, type FieldRules } from './check-fields.ts'
import { UntranslatableError } from './untranslatable-error.ts'

/** Anthropic's own hint is taken from OpenAI's clients too, some of which send it. */
export const textRules: FieldRules = {
  translated: ['type', 'text', 'cache_control'],
  ignored: ['prompt_cache_breakpoint'],
  neutral: { annotations: () => true },
}

/** Anthropic refuses a text without anything in it but white space. */
export function isBlank(text: Json | undefined): boolean {
  return text === undefined || text === null || (typeof text === 'string' && text.trim() === '')
}

export function textBlock(text: Json | undefined, cacheControl?: Json): JsonObject {
  return { type: 'text', text, cache_control: cacheControl ?? undefined }
}

/** Parts of which only texts are known at this place. */
export function textBlocks(parts: Json[], path: string, ignored: string[]): JsonObject[] {
  return parts.flatMap((part, index) => {
    if (!isObject(part) || part.type !== 'text') {
      throw new UntranslatableError(`${path}[${index}]`, 'only text can stand here')
    }
    checkFields(part, `${path}[${index}]`, textRules, ignored)
    return isBlank(part.text) ? [] : [textBlock(part.text, part.cache_control)]
  })
}

/** The parts of a user's message or of a tool's result. */
export function chatPartsToBlocks(parts: Json[], path: string, ignored: string[]): WritableJson[] {
  return parts
    .map((part, index) => blockOf(part, `${path}[${index}]`, ignored))
    .filter((block) => block !== undefined)
}

function blockOf(part: Json, path: string, ignored: string[]): JsonObject | undefined {
  if (!isObject(part)) throw new UntranslatableError(path, 'it is not a content part')
  if (part.type === 'text') {
    checkFields(part, path, textRules, ignored)
    return isBlank(part.text) ? undefined : textBlock(part.text, part.cache_control)
  }
  const rulesFor = (content: string): FieldRules => ({
    translated: ['type', content, 'cache_control'],
    ignored: ['prompt_cache_breakpoint'],
  })
  const cache_control = part.cache_control ?? undefined
  if (part.type === 'image_url' && typeof part.image_url === 'string') {
    checkFields(part, path, rulesFor('image_url'), ignored)
    return { ...imageBlock(part.image_url, `${path}.image_url`), cache_control }
  }
  if (part.type === 'image_url' && isObject(part.image_url)) {
    checkFields(part, path, rulesFor('image_url'), ignored)
    checkFields(part.image_url, `${path}.image_url`, imageRules, ignored)
    return { ...imageBlock(part.image_url.url, `${path}.image_url.url`), cache_control }
  }
  if (part.type === 'file' && isObject(part.file)) {
    checkFields(part, path, rulesFor('file'), ignored)
    return { ...documentBlock(part.file, `${path}.file`), cache_control }
  }
  throw new UntranslatableError(path, `content of type ${String(part.type)} has no equivalent there`)
}

/** Images are always seen in full there: what asks for less is left out, as it only saves tokens. */
export const imageRules: FieldRules = {
  translated: ['url'],
  neutral: { detail: (value) => value !== 'low' },
  ignored: ['detail'],
}

const imageTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']

function imageBlock(url: Json | undefined, path: string): JsonObject {
  if (typeof url !== 'string') throw new UntranslatableError(path, 'it is not a string')
  const inline = readDataUrl(url)
  if (inline) {
    const media_type = /^image\/p?jpg$|^image\/pjpeg$/.test(inline.media_type)
      ? 'image/jpeg'
      : inline.media_type
    if (!imageTypes.includes(media_type)) {
      throw new UntranslatableError(path, `${inline.media_type} is none of ${imageTypes.join(', ')}`)
    }
    return { type: 'image', source: { type: 'base64', media_type, data: inline.data } }
  }
  if (/^data:/i.test(url)) throw new UntranslatableError(path, 'a data URL must be in base64')
  return { type: 'image', source: { type: 'url', url } }
}

function documentBlock(file: JsonObject, path: string): JsonObject {
  checkFields(file, path, { translated: ['file_data', 'filename'] }, [])
  const inline = readDataUrl(stringOf(file.file_data) ?? '')
  const title = file.filename ?? undefined
  if (inline?.media_type === 'application/pdf') {
    return { type: 'document', source: { type: 'base64', ...inline }, title }
  }
  if (inline?.media_type.startsWith('text/')) {
    const data = Buffer.from(inline.data, 'base64').toString('utf8')
    return { type: 'document', source: { type: 'text', media_type: 'text/plain', data }, title }
  }
  throw new UntranslatableError(`${path}.file_data`, 'it must be a PDF or a text in a base64 data URL')
}

/**
 * What stands in base64 in a data URL, without parameters of its media type. A text is what policies read of it, in UTF-8: its label
 * may name another character set, which says nothing there.
 */
export function readDataUrl(url: string): { media_type: string; data: string } | undefined {
  const comma = url.indexOf(',')
  const match = /^data:([^;,]+)(?:;[^;,]*)*;base64$/i.exec(url.slice(0, Math.max(comma, 0)))
  const media_type = match?.[1]?.toLowerCase()
  if (media_type === undefined) return undefined
  if (!isTextType(media_type)) return { media_type, data: url.slice(comma + 1) }
  const parsed = parseDataUrl(url)
  const decoded = parsed && decodeDataUrl(parsed)
  return decoded && { media_type, data: Buffer.from(decoded.text).toString('base64') }
}
