import type { IncomingHttpHeaders } from 'node:http'
import type { TextEdit, TextPart } from '@airs-cp/providers'
import { readHeader, writeHeader } from './header-text.ts'

/** Headers of every server: dates, limits, ids, caches. Their values are no text. */
const usual: ReadonlySet<string> = new Set(
  `
  accept-ranges age allow alt-svc cache-control connection content-encoding content-language content-length content-type date etag
  expires keep-alive last-modified nel permissions-policy pragma referrer-policy report-to request-id retry-after retry-after-ms
  server server-timing set-cookie strict-transport-security trailer transfer-encoding upgrade vary via x-accel-buffering x-cache
  x-cloud-trace-context x-content-type-options x-frame-options x-powered-by x-request-id x-should-retry x-xss-protection
  apim-request-id x-ms-region x-ms-request-id x-ms-client-request-id traceparent tracestate
  `
    .trim()
    .split(/\s+/),
)
const usualFamilies =
  /^(?:x-ratelimit-|anthropic-ratelimit-|ratelimit|access-control-|cf-|x-envoy-|x-airs-|openai-|anthropic-org)/

/** What a provider says in headers of its own. */
export function headerTexts(headers: IncomingHttpHeaders): TextPart[] {
  const texts: TextPart[] = []
  for (const name in headers) {
    const text = readHeader(String(headers[name] ?? ''))
    if (text === '' || usual.has(name) || usualFamilies.test(name)) continue
    texts.push({ path: `header:${name}`, text, role: 'unknown', kind: 'unknown' })
  }
  return texts
}

/** Headers with texts changed; one of which nothing is left is left out. */
export function editHeaders(headers: IncomingHttpHeaders, edits: readonly TextEdit[]): IncomingHttpHeaders {
  if (edits.length === 0) return headers
  const edited = { ...headers }
  for (const { path, text } of edits) {
    const name = path.slice('header:'.length)
    if (text === '') delete edited[name]
    else edited[name] = writeHeader(text, String(headers[name]))
  }
  return edited
}

export function isHeader({ path }: Pick<TextPart, 'path'>): boolean {
  return path.startsWith('header:')
}
