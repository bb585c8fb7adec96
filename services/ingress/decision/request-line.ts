import type { IncomingHttpHeaders } from 'node:http'
import { changed } from '@airs-cp/policy-engine'
import { readPercentText, type TextEdit, type TextPart, type WireFormat } from '@airs-cp/providers'
import type { Exchange } from '../exchange.ts'
import { readHeader, writeHeader } from './header-text.ts'

/** Headers with a credential for the provider, which no policy may change. */
const credentials = new Set(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'])

/** Names of headers that clients send by themselves. Any other name is somebody's words. */
const usualHeaders: ReadonlySet<string> = new Set(
  `
  accept accept-charset accept-language cache-control connection content-type dnt forwarded from http-referer idempotency-key
  if-match if-modified-since if-none-match origin pragma priority referer sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform
  sec-fetch-dest sec-fetch-mode sec-fetch-site user-agent via x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto
  x-real-ip x-request-id x-session-id x-title x-requested-with x-client-request-id
  traceparent tracestate baggage b3 x-b3-traceid x-b3-spanid x-b3-sampled x-b3-parentspanid
  x-stainless-arch x-stainless-async x-stainless-custom-poll-interval x-stainless-helper x-stainless-helper-method x-stainless-lang
  x-stainless-os x-stainless-package-version x-stainless-poll-helper x-stainless-raw-response x-stainless-read-timeout
  x-stainless-retry-count x-stainless-runtime x-stainless-runtime-version x-stainless-timeout
  anthropic-beta anthropic-version anthropic-dangerous-direct-browser-access x-app openai-beta openai-organization openai-project
  x-goog-api-client x-goog-user-project x-goog-request-params x-ms-client-request-id x-ms-useragent
  `
    .trim()
    .split(/\s+/),
)

/**
 * What a provider receives of a request beside its body: segments of a path that no format has as it is, parameters of the query, and
 * headers with their names. A path, a header's name and a `Content-Type`, which says how the body is taken apart, can be judged and
 * not be changed.
 * @param headers those that are forwarded.
 */
export function requestLineTexts(
  { query, route }: Pick<Exchange, 'query' | 'route'>,
  headers: IncomingHttpHeaders,
  { routes, meansApi }: Pick<WireFormat, 'routes' | 'meansApi'>,
): TextPart[] {
  const texts: TextPart[] = []
  const add = (path: string, text: string, more: Partial<TextPart> = {}) => {
    if (text !== '') texts.push({ path, text, role: 'unknown', kind: 'unknown', ...more })
  }
  const fixed = { fixed: 'encoded' } as const
  if (!routes.some((known) => known.endsWith(` ${route.path}`)))
    for (const [index, segment] of route.path.split('/').entries())
      add(`path:${index}`, readPercentText(segment).text, fixed)
  add('path:deployment', route.deployment ?? '', fixed)
  for (const [index, part] of partsOf(query).entries()) {
    // A client's key for Gemini is its credential.
    if (meansApi === 'gemini' && part.startsWith('key=')) continue
    const { text, encode } = readPercentText(part, { plusIsSpace: true })
    add(`query:${index}`, text, { encode })
  }
  let unusual = ''
  for (const name in headers) {
    if (credentials.has(name)) continue
    // Not by white space: names are words of a protocol and no sentence, which a learned detector would judge.
    if (!usualHeaders.has(name)) unusual += `${name},`
    const value = String(headers[name] ?? '')
    const said = readHeader(value)
    // Versions of products look like addresses of the Internet.
    if (name === 'user-agent')
      add(
        `header:${name}`,
        said.replace(/\/[\d.]+/g, (it) => it.replaceAll('.', '_')),
        { encode: ({ text, changes }) => writeHeader(changes ? changed(said, changes) : text, value) },
      )
    else if (name === 'content-type') add(`header:${name}`, said, fixed)
    else if (said === value) add(`header:${name}`, said)
    else add(`header:${name}`, said, { encode: ({ text }) => writeHeader(text, value) })
  }
  add('header-names', unusual, fixed)
  return texts
}

/** The query and headers with texts changed. @param texts those that the edits were made of. */
export function editRequestLine(
  query: string,
  headers: IncomingHttpHeaders,
  texts: readonly TextPart[],
  edits: readonly TextEdit[],
): { query: string; headers: IncomingHttpHeaders } {
  const byPath = new Map(texts.map((text) => [text.path, text]))
  const parts = partsOf(query)
  const changed: IncomingHttpHeaders = { ...headers }
  for (const edit of edits) {
    const { path } = edit
    const written = byPath.get(path)?.encode?.(edit) ?? edit.text
    if (path.startsWith('query:')) parts[Number(path.slice('query:'.length))] = written
    else if (path.startsWith('header:')) changed[path.slice('header:'.length)] = written
  }
  return { query: parts.length === 0 ? query : `?${parts.join('&')}`, headers: changed }
}

/** A path as it may be recorded: without the segments of which these edits mask something. */
export function maskedPath(
  path: string,
  texts: readonly TextPart[],
  edits: readonly Pick<TextEdit, 'path'>[],
): string {
  const masked = new Set(edits.map((edit) => edit.path).filter((at) => at.startsWith('path:')))
  if (masked.size === 0) return path
  const found = new Set(texts.filter((text) => masked.has(text.path)).map(({ text }) => text))
  const segments = path.split('/')
  return segments
    .map((segment) => (found.has(readPercentText(segment).text) ? '[masked]' : segment))
    .join('/')
}

export function isInRequestLine({ path }: { path: string }): boolean {
  return /^(?:path|query|header|header-names):?/.test(path) && !path.startsWith('/')
}

/** A parameter is one text with its name, either of which may say something. */
function partsOf(query: string): string[] {
  return query.length > 1 ? query.slice(1).split('&') : []
}
