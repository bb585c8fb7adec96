import { formatOfPath } from './formats.ts'

export type MeantRoute = {
  /** As `formatOfPath` knows it; where the path means no route of ours, the path as it is. */
  path: string
  /** The deployment that an Azure client names in its path; it decides on the model, whatever the body says. */
  deployment: string | undefined
  /** What an Azure client wrote behind `/openai`, where no format knows it. */
  azurePath?: string
}

/**
 * The route that a client's path means. Base URLs are written in many ways, and every client appends its own path:
 *
 * | base URL                       | the client asks for                                    |
 * |--------------------------------|--------------------------------------------------------|
 * | without `/v1`                  | `/chat/completions`                                    |
 * | with a `/v1` too many          | `/v1/v1/messages`                                      |
 * | with a slash too many          | `//v1/messages`, `/v1//messages`, `/v1/messages/`      |
 * | of an Azure resource           | `/openai/v1/…`, `/openai/deployments/{deployment}/…`   |
 * | of another provider            | `/openai/v1/…`, `/anthropic/v1/…`                      |
 * | with letters written as escapes| `/v1/%63hat/completions`                               |
 */
export function meantRoute(method: string, path: string): MeantRoute {
  if (path.length > longestKept) return readRoute(method, path)
  const asked = `${method} ${path}`
  let route = kept.get(asked)
  if (!route) {
    route = readRoute(method, path)
    if (kept.size >= mostKept) kept.clear()
    kept.set(asked, route)
  }
  return route
}

/** Clients ask for few paths, again and again. */
const kept = new Map<string, Readonly<MeantRoute>>()
const mostKept = 1_024
const longestKept = 256

function readRoute(method: string, path: string): MeantRoute {
  const asItIs = { path, deployment: undefined }
  if (!path.endsWith('/') && formatOfPath(method, path)) return asItIs
  let segments = plainly(path).split('/').slice(1, maxSegments)
  while (segments[0] === '') segments = segments.slice(1)
  while (segments.at(-1) === '') segments.pop()
  const plain = routeOf(method, segments)
  if (plain !== undefined) return { path: plain, deployment: undefined }
  if (segments[0] === 'openai' && segments[1] === 'deployments') {
    const deployment = deploymentOf(segments[2] ?? '')
    const route = deployment === undefined ? undefined : routeOf(method, segments.slice(3))
    return route === undefined ? asItIs : { path: route, deployment }
  }
  const isPrefixed = segments[0] === 'openai' || segments[0] === 'anthropic'
  const route = isPrefixed ? routeOf(method, segments.slice(1)) : undefined
  return route === undefined ? asItIs : { path: route, deployment: undefined }
}

/** Without escapes that stand for a letter, a digit, `-`, `_` or `~`: servers take both for the same (RFC 3986, 6.2.2.2). */
function plainly(path: string): string {
  return path.replace(/%(?:3\d|[46][1-9a-f]|[57][0-9a]|2d|5f|7e)/gi, decodeURIComponent)
}

/** No route of ours is longer. */
const maxSegments = 64

/** The route of these segments, with as many `v1` before them as there may be. */
function routeOf(method: string, segments: readonly string[]): string | undefined {
  let at = 0
  while (segments[at] === 'v1' || segments[at] === '') at++
  const route = `/v1/${segments.slice(at).filter(Boolean).join('/')}`
  return formatOfPath(method, route) ? route : undefined
}

/** A name that leads to another route at the provider is none. */
function deploymentOf(segment: string): string | undefined {
  try {
    const name = decodeURIComponent(segment)
    return /^[\w.-]{1,128}$/.test(name) && !/^\.+$/.test(name) ? name : undefined
  } catch {
    return undefined
  }
}
