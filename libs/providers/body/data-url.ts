import type { TextEdit } from '../edit-json.ts'
import { readPercentText } from './percent-text.ts'
import { textOfBytes } from './text-of-bytes.ts'

/** A text that stands encoded in a string. */
export type EncodedText = {
  text: string
  /** The string for a changed text; undefined where it can be judged and not be changed. */
  encode?: (edit: TextEdit) => string
}

/** A `data:` URL (RFC 2397), taken apart. */
export type DataUrl = {
  /** In small letters; `text/plain` where it names none. */
  mediaType: string
  charset: string | undefined
  isBase64: boolean
  /** Up to and including the comma. */
  head: string
  data: string
}

/** Takes what readers take: any case, and spaces around parameters. Undefined for what is no such URL. */
export function parseDataUrl(text: string): DataUrl | undefined {
  if (!/^\s*data:/i.test(text)) return undefined
  const comma = text.indexOf(',')
  if (comma < 0 || comma > maxHead) return undefined
  const head = text.slice(0, comma + 1)
  const [type = '', ...parameters] = head.slice(head.indexOf(':') + 1, -1).split(';')
  const named = parameters.map((one) => one.trim().toLowerCase())
  const mediaType = type.trim().toLowerCase()
  if (mediaType !== '' && !/^[\w.+-]+\/[\w.+*-]+$/.test(mediaType)) return undefined
  return {
    mediaType: mediaType || 'text/plain',
    charset: named.find((one) => one.startsWith('charset='))?.slice('charset='.length),
    isBase64: named.at(-1) === 'base64',
    head,
    data: text.slice(comma + 1),
  }
}

const maxHead = 512

/** Of a text type. Undefined where readers may take it for different texts, or for none. */
export function decodeDataUrl({ head, data, isBase64, charset }: DataUrl): EncodedText | undefined {
  // A comma within quotes ends the head for some readers and not for others.
  if (head.includes('"')) return undefined
  if (!isBase64 && !isOtherCharset(charset)) {
    const { text, encode } = readPercentText(data)
    return { text, encode: (edit) => head + encode(edit) }
  }
  const written = data.includes('%') ? readPercentText(data).text : data
  const decoded = isBase64
    ? decodeBase64(written, charset)
    : textOfBytes(Buffer.from(written, 'latin1'), charset)?.written
  if (typeof decoded !== 'object') return decoded === undefined ? undefined : { text: decoded }
  const { text, encode } = decoded
  return encode ? { text, encode: (edit) => head + encode(edit) } : { text }
}

function isOtherCharset(charset: string | undefined): boolean {
  return charset !== undefined && !/^"?(?:utf-?8|us-ascii)"?$/.test(charset)
}

/** In either alphabet, without white space. */
const base64 = /^[\w+/-]*={0,2}$/

/** Whether a string can be base64, whatever that says. */
export function isBase64(data: string): boolean {
  return base64.test(/\s/.test(data) ? data.replaceAll(/\s+/g, '') : data)
}

/** Base64 in either alphabet. Undefined for what is none, and for binary data. */
export function decodeBase64(data: string, charset?: string): EncodedText | undefined {
  const written = /\s/.test(data) ? data.replaceAll(/\s+/g, '') : data
  if (!base64.test(written)) return undefined
  const text = textOfBytes(Buffer.from(written, 'base64'), charset)
  if (!text) return undefined
  if (text.isFixed) return { text: text.written }
  const isUrl = /[-_]/.test(written)
  const isPadded = written.endsWith('=') || written.length % 4 === 0
  return {
    text: text.written,
    encode({ text: changed }) {
      const encoded = Buffer.from(changed).toString(isUrl ? 'base64url' : 'base64')
      return isUrl === isPadded ? padded(encoded, isPadded) : encoded
    },
  }
}

function padded(encoded: string, isPadded: boolean): string {
  return isPadded ? encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '=') : encoded.replace(/={1,2}$/, '')
}

/** Whether base64 may be a text: its first bytes have no control characters. */
export function mayBeText(data: string): boolean {
  const begun = Buffer.from(data.slice(0, 1_024), 'base64')
  for (const byte of begun) if (byte < 0x20 && byte !== 0 && (byte < 0x09 || byte > 0x0d)) return false
  return true
}

/** The most URLs in one text that are decoded. */
const maxEmbedded = 32
const embedded = /data:[\w.+/-]{0,100}(?:;[\w.+=-]{1,100}){0,4};base64,[\w+/%-]+={0,2}/gi

/** The texts of URLs that stand somewhere in another text, such as an image's in Markdown. */
export function embeddedTexts(text: string): string[] {
  if (!text.includes(';base64,')) return []
  const texts: string[] = []
  for (const [found] of text.matchAll(embedded)) {
    if (texts.length === maxEmbedded) break
    const url = parseDataUrl(found)
    const decoded = url && isTextType(url.mediaType) ? decodeDataUrl(url) : undefined
    if (decoded && decoded.text !== '') texts.push(decoded.text)
  }
  return texts
}

export function isTextType(mediaType: string): boolean {
  return /^text\/|^application\/(?:json|xml|yaml|x-yaml|javascript|x-javascript|ecmascript|typescript|x-ndjson|jsonl|csv|sql|toml|x-sh|x-httpd-php|x-www-form-urlencoded|rtf|graphql|x-tex|x-python)\b|^message\/|\+(?:json|xml|yaml)\b/i.test(
    mediaType,
  )
}
