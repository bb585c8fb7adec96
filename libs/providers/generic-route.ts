import { decodedFully, leadsElsewhere } from './formats/openai-models/format.ts'
import { formatOfPath, formats } from './formats.ts'
import { type MeantRoute, meantRoute } from './meant-route.ts'
import type { WireFormat } from './wire-format.ts'

/** The lane of a route that no format knows, and the route that is meant. */
export type GenericRoute = { format: WireFormat; route: MeantRoute }

const methods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
/** No route of a model API is longer. */
const maxPathCharacters = 2_048

/**
 * The lane of a route below `/v1/`, Azure's `/openai/` or `/anthropic/v1/` that no format knows. Undefined for every other path, and for
 * one that leads elsewhere however often it is decoded, or that some servers would take for a route that a format knows.
 *
 * | the client sends                                        | it means    |
 * |---------------------------------------------------------|-------------|
 * | `anthropic-version`, `x-api-key`, a path `/anthropic/…` | Anthropic's |
 * | a path `/v1beta/…`, `x-goog-api-key`                    | Gemini's    |
 * | anything else                                           | OpenAI's    |
 */
export function genericRoute(
  method: string,
  path: string,
  headers: Readonly<Record<string, unknown>>,
): GenericRoute | undefined {
  if (!methods.has(method) || path.length > maxPathCharacters || leads(path) || mayBeKnown(method, path))
    return undefined
  const segments = path.split('/').filter(Boolean)
  const [first, second] = segments
  if (first === 'openai' && second !== 'v1') return azureRoute(segments)
  if (
    first === 'v1beta' ||
    first === 'v1alpha' ||
    (first === 'v1' && headers['x-goog-api-key'] !== undefined)
  )
    return geminiRoute(method, segments)
  const isPrefixed = first === 'openai' || first === 'anthropic'
  let at = isPrefixed ? 1 : 0
  if (segments[at] !== 'v1') return undefined
  while (segments[at] === 'v1') at++
  if (at === segments.length) return undefined
  return {
    format: formats[meansAnthropic(path, headers) ? 'generic.anthropic' : 'generic.openai'],
    route: { path: `/v1/${segments.slice(at).join('/')}`, deployment: undefined },
  }
}

/** Gemini's routes; base URLs with a slash too many lead to those that a format knows. */
function geminiRoute(method: string, segments: readonly string[]): GenericRoute | undefined {
  const path = `/${segments.join('/')}`
  if (segments.length < 2) return undefined
  const known = formatOfPath(method, path)
  const format = known?.meansApi === 'gemini' ? known : formats['generic.gemini']
  return { format, route: { path, deployment: undefined } }
}

/** Whether a client means Anthropic's API at a path that OpenAI's has too. */
export function meansAnthropic(path: string, headers: Readonly<Record<string, unknown>>): boolean {
  if (/^\/+openai\//.test(path)) return false
  if (/^\/+anthropic\//.test(path)) return true
  return headers['anthropic-version'] !== undefined || headers['x-api-key'] !== undefined
}

/** Azure's routes of a dated version; those of a deployment name the model. */
function azureRoute(segments: readonly string[]): GenericRoute | undefined {
  const isDeployment = segments[1] === 'deployments' && segments.length > 3
  const rest = segments.slice(isDeployment ? 3 : 1)
  if (rest.length === 0) return undefined
  return {
    format: formats['generic.openai'],
    route: {
      path: `/v1/${rest.join('/')}`,
      deployment: isDeployment ? decodeURIComponent(segments[2]!) : undefined,
      azurePath: `/${segments.slice(1).join('/')}`,
    },
  }
}

/** Servers differ in how often they decode a path, in parameters behind `;`, and in upper and lower case. */
function mayBeKnown(method: string, path: string): boolean {
  const lenient = decodedFully(path)
    .replace(/;[^/]*/g, '')
    .toLowerCase()
  const meant = meantRoute(method, lenient).path
  return formatOfPath(method, meant) !== undefined && !formatOfPath(method, meantRoute(method, path).path)
}

/** Also what a server could take for the end of the path, or for no part of one. */
function leads(path: string): boolean {
  return (
    leadsElsewhere(path) ||
    /[\\?#\0-\x20\x7f]|%(?![0-9a-f]{2})|%(?:[01][0-9a-f]|2[0f35]|3f|5c|7f)/i.test(path)
  )
}
