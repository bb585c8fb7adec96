import type { IncomingHttpHeaders } from 'node:http'
import type { TextEdit, TextPart } from '@airs-cp/providers'

/** Headers with a credential for the provider, which no policy may change. */
const credentials = new Set(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'])

/**
 * What a provider receives of a request beside its body: parameters of the query, and headers.
 * @param headers those that are forwarded.
 */
export function requestLineTexts(query: string, headers: IncomingHttpHeaders): TextPart[] {
  const texts: TextPart[] = []
  const add = (path: string, text: string) => {
    if (text !== '') texts.push({ path, text, role: 'unknown', kind: 'unknown' })
  }
  // A client's key for Gemini is its credential.
  for (const [index, part] of partsOf(query).entries())
    if (!part.startsWith('key=')) add(`query:${index}`, decoded(part))
  for (const name in headers) {
    if (credentials.has(name)) continue
    const value = String(headers[name] ?? '')
    // Versions of products look like addresses of the Internet.
    add(
      `header:${name}`,
      name === 'user-agent' ? value.replace(/\/[\d.]+/g, (it) => it.replaceAll('.', '_')) : value,
    )
  }
  return texts
}

/** The query and headers with texts changed. */
export function editRequestLine(
  query: string,
  headers: IncomingHttpHeaders,
  edits: readonly TextEdit[],
): { query: string; headers: IncomingHttpHeaders } {
  const parts = partsOf(query)
  const changed: IncomingHttpHeaders = { ...headers }
  for (const { path, text } of edits) {
    if (path.startsWith('query:')) parts[Number(path.slice('query:'.length))] = encodeURIComponent(text)
    else changed[path.slice('header:'.length)] = text
  }
  return { query: parts.length === 0 ? query : `?${parts.join('&')}`, headers: changed }
}

export function isInRequestLine({ path }: { path: string }): boolean {
  return path.startsWith('query:') || path.startsWith('header:')
}

/** A parameter is one text with its name, either of which may say something. */
function partsOf(query: string): string[] {
  return query.length > 1 ? query.slice(1).split('&') : []
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '))
  } catch {
    return part
  }
}
