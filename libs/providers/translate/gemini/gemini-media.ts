import { decodeBase64 } from '../../body/data-url.ts'
import { isObject, type JsonObject, stringOf } from '../../json.ts'
import type { ChatPart } from '../messages-to-chat-content.ts'
import { UntranslatableError } from '../untranslatable-error.ts'

/** Whether a part holds data or the address of a file. */
export function isMedia(part: JsonObject): boolean {
  return isObject(part.inlineData) || isObject(part.fileData)
}

/** Images, sound, PDF and texts in a part, as a part of an OpenAI message. */
export function mediaPart(part: JsonObject, path: string): ChatPart {
  if (isObject(part.inlineData)) return inlinePart(part.inlineData, `${path}.inlineData`)
  if (isObject(part.fileData)) return filePart(part.fileData, `${path}.fileData`)
  throw new UntranslatableError(path, 'a part of this kind has no equivalent there')
}

const audioFormats: Record<string, string> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/mp3': 'mp3',
  'audio/mpeg': 'mp3',
}

function inlinePart({ mimeType, data, displayName }: JsonObject, path: string): ChatPart {
  const type = String(mimeType).toLowerCase().split(';')[0]!.trim()
  // Google's clients may write base64 with the letters of URLs.
  const base64 = (stringOf(data) ?? '').replaceAll('-', '+').replaceAll('_', '/')
  const url = `data:${type};base64,${base64}`
  if (type.startsWith('image/')) return { type: 'image_url', image_url: { url } }
  const format = audioFormats[type]
  if (format !== undefined) return { type: 'input_audio', input_audio: { data: base64, format } }
  if (type === 'application/pdf')
    return { type: 'file', file: { filename: stringOf(displayName) ?? 'document.pdf', file_data: url } }
  if (type.startsWith('text/') || type === 'application/json') {
    const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(String(mimeType))?.[1]
    const decoded = decodeBase64(stringOf(data) ?? '', charset)
    if (!decoded) throw new UntranslatableError(`${path}.data`, 'it is no text in base64')
    return { type: 'text', text: decoded.text }
  }
  throw new UntranslatableError(`${path}.mimeType`, `${type} has no equivalent there`)
}

/** Only an image has a place for its address. */
function filePart({ mimeType, fileUri }: JsonObject, path: string): ChatPart {
  const url = stringOf(fileUri) ?? ''
  if (!/^https?:/i.test(url) || /^https?:\/\/generativelanguage\.googleapis\.com\//i.test(url))
    throw new UntranslatableError(`${path}.fileUri`, 'only its own provider can read it')
  const type = stringOf(mimeType)
  if (type !== undefined && !type.startsWith('image/'))
    throw new UntranslatableError(`${path}.mimeType`, 'only an image can have an address there')
  return { type: 'image_url', image_url: { url } }
}
