import { isObject, type Json, type JsonObject, stringOf } from '../../json.ts'
import type { WritableJson } from '../../raw-json.ts'
import { imageRules, isBlank, readDataUrl, textRules } from '../chat-to-messages-content.ts'
import { checkFields } from '../check-fields.ts'
import { UntranslatableError } from '../untranslatable-error.ts'

const caching = ['cache_control', 'prompt_cache_breakpoint']

/** The parts of a user's message or of a tool's result. */
export function chatPartsToGemini(parts: Json[], path: string, ignored: string[]): WritableJson[] {
  return parts
    .map((part, index) => partOf(part, `${path}[${index}]`, ignored))
    .filter((part) => part !== undefined)
}

function partOf(part: Json, path: string, ignored: string[]): WritableJson | undefined {
  if (!isObject(part)) throw new UntranslatableError(path, 'it is not a content part')
  if (part.type === 'text') {
    checkFields(part, path, { ...textRules, translated: ['type', 'text'], ignored: caching }, ignored)
    return isBlank(part.text) ? undefined : { text: part.text }
  }
  const field = String(part.type)
  const value = part[field]
  const known = field === 'image_url' || field === 'input_audio' || field === 'file'
  if (known) checkFields(part, path, { translated: ['type', field], ignored: caching }, ignored)
  if (field === 'image_url' && typeof value === 'string') return imagePart(value, `${path}.image_url`)
  if (field === 'image_url' && isObject(value)) {
    checkFields(value, `${path}.image_url`, imageRules, ignored)
    return imagePart(value.url, `${path}.image_url.url`)
  }
  if (field === 'input_audio' && isObject(value)) {
    checkFields(value, `${path}.input_audio`, { translated: ['data', 'format'] }, ignored)
    return { inlineData: { mimeType: `audio/${String(value.format)}`, data: value.data } }
  }
  if (field === 'file' && isObject(value)) return filePart(value, `${path}.file`, ignored)
  throw new UntranslatableError(path, `content of type ${field} has no equivalent there`)
}

const typesByEnding: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  pdf: 'application/pdf',
}

/** An image in the request, or one that the provider fetches from its address. */
function imagePart(url: Json | undefined, path: string): WritableJson {
  if (typeof url !== 'string') throw new UntranslatableError(path, 'it is not a string')
  const inline = readDataUrl(url)
  if (inline) return { inlineData: { mimeType: inline.media_type, data: inline.data } }
  if (/^data:/i.test(url)) throw new UntranslatableError(path, 'a data URL must be in base64')
  const ending = /\.([a-z]{3,4})(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? ''
  return { fileData: { mimeType: typesByEnding[ending], fileUri: url } }
}

function filePart(file: JsonObject, path: string, ignored: string[]): WritableJson {
  checkFields(file, path, { translated: ['file_data'], ignored: ['filename'] }, ignored)
  const inline = readDataUrl(stringOf(file.file_data) ?? '')
  if (!inline) throw new UntranslatableError(`${path}.file_data`, 'it must be a base64 data URL')
  return { inlineData: { mimeType: inline.media_type, data: inline.data } }
}
