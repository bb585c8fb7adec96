export type ResponseHeaders = { [name: string]: string | string[] | undefined }

/** Anthropic's names of what OpenAI's clients read under the other. */
const names: [anthropic: string, openai: string][] = [
  ['request-id', 'x-request-id'],
  ['anthropic-organization-id', 'openai-organization'],
  ...(['requests', 'tokens'] as const).flatMap((what): [string, string][] =>
    (['limit', 'remaining', 'reset'] as const).map((kind) => [
      `anthropic-ratelimit-${what}-${kind}`,
      `x-ratelimit-${kind}-${what}`,
    ]),
  ),
]
const openaiNames = new Map(names)
const anthropicNames = new Map(names.map(([anthropic, openai]) => [openai, anthropic]))

/**
 * The headers of a provider's response for a client of another format: request ids, organisations and rate limits under
 * the names that its SDK reads. What else begins with a provider's name means nothing to the other's clients.
 */
export function translateHeaders(
  headers: ResponseHeaders,
  client: string,
  nowMs: number = Date.now(),
): ResponseHeaders {
  if (client.startsWith('gemini.')) return withoutForeign(headers, /^(?:anthropic-|openai-|x-ratelimit-)/)
  const isOpenai = client.startsWith('openai.')
  const translated: ResponseHeaders = {}
  for (const [name, value] of Object.entries(headers)) {
    const known = (isOpenai ? openaiNames : anthropicNames).get(name)
    if (known !== undefined)
      translated[known] = known.includes('reset') ? resetOf(value, isOpenai, nowMs) : value
    else translated[name] = value
  }
  return withoutForeign(
    translated,
    isOpenai ? /^(?:anthropic-|x-goog-)/ : /^(?:openai-|x-ratelimit-|x-goog-)/,
  )
}

function withoutForeign(headers: ResponseHeaders, foreign: RegExp): ResponseHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !foreign.test(name)))
}

/** Anthropic reports the time of a reset (RFC 3339), OpenAI how long it takes (`6m0s`). */
function resetOf(
  value: ResponseHeaders[string],
  toDuration: boolean,
  nowMs: number,
): ResponseHeaders[string] {
  const text = String(value)
  if (toDuration) {
    const ms = Date.parse(text) - nowMs
    return Number.isNaN(ms) ? undefined : durationOf(Math.max(0, ms))
  }
  const ms = millisecondsOf(text)
  return ms === undefined ? undefined : `${new Date(nowMs + ms).toISOString().slice(0, 19)}Z`
}

function durationOf(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)}ms`
  const seconds = Math.ceil(ms / 1_000)
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds % 60}s`
}

const unitMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function millisecondsOf(duration: string): number | undefined {
  if (!/^(?:[\d.]+(?:ms|s|m|h|d))+$/.test(duration)) return undefined
  let ms = 0
  for (const [, count, unit] of duration.matchAll(/(?<![\d.])([\d.]+)(ms|s|m|h|d)/g))
    ms += Number(count) * unitMs[unit!]!
  return Number.isFinite(ms) ? ms : undefined
}
