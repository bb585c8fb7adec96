export type Headers = Record<string, string | string[] | undefined>

/**
 * Values of `Mcp-Name` and `Mcp-Param-…` headers (specification 2026-07-28, Streamable HTTP, Value Encoding): plain where a
 * header can carry the text, else Base64 of its UTF-8 between markers.
 */
export function encodeHeaderValue(text: string): string {
  const isPlain = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/.test(text) || text === ''
  if (isPlain && !(text.startsWith(opening) && text.endsWith(closing))) return text
  return `${opening}${Buffer.from(text).toString('base64')}${closing}`
}

/** @returns undefined where the value has characters that no header may have, or markers without Base64 in them. */
export function decodeHeaderValue(value: string): string | undefined {
  if (!/^[\x20-\x7e\t]*$/.test(value)) return undefined
  if (!value.startsWith(opening) || !value.endsWith(closing)) return value
  const inner = value.slice(opening.length, -closing.length)
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(inner)) return undefined
  const bytes = Buffer.from(inner, 'base64')
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) ? text : undefined
}

const opening = '=?base64?'
const closing = '?='
