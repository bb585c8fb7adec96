import type { WireFormat } from '../wire-format.ts'
import { type Headers, queryWithoutCredential, withCredential } from './credentials.ts'
import type { ProviderConfig } from './provider-config.ts'

export type UpstreamQuestion = {
  /** The provider's format, see `formatAtProvider`. */
  format: WireFormat
  /** The client's path, without query. */
  path: string
  /** What an Azure client wrote behind `/openai`, where no format knows it. */
  azurePath?: string | undefined
  /** The client's query with its `?`, or empty. */
  query: string
  model: string | undefined
  /** The format of the request was translated, and whether a stream is asked for then. */
  translated?: { stream: boolean } | undefined
  /** What the ingress forwards of the client's headers, by lower-case name. */
  headers: Headers
}

export type UpstreamRequest = {
  /** Path and query on the origin of the provider's base URL. */
  path: string
  headers: Headers
  /** Name under which the provider knows the model, where the body must say another one than the client wrote. */
  model: string | undefined
}

/** Path and headers with which a request goes to a provider of a kind. */
export function upstreamRequest(provider: ProviderConfig, question: UpstreamQuestion): UpstreamRequest {
  const { format, path, model, azurePath } = question
  const made = question.translated && format.translatedPath?.(model ?? '', question.translated.stream)
  const route = made ?? path.slice('/v1'.length)
  const headers = withCredential(provider, question.headers)
  const base = basePath(provider.baseUrl)
  // A route of Azure's own, which only Azure can know, goes there as it came, with its version.
  if (provider.kind === 'azure' && azurePath !== undefined)
    return { headers, path: `${azureRoot(base)}${azurePath}${question.query}`, model: undefined }
  // A query is for the format that it was written in.
  const query = made === undefined ? withoutApiVersion(question.query, provider) : ''
  if (provider.kind === 'gemini')
    return { headers, path: geminiPath(provider, base, made ?? path, query), model: undefined }
  if (provider.kind === 'azure')
    return { headers, ...azureRoute(provider, base, route, query, format, model) }
  const prefix = provider.kind === 'anthropic' ? `${base.replace(/\/v1$/, '')}/v1` : base
  return { path: prefix + route + query, headers, model: undefined }
}

/** Of each base URL, of which there are as many as providers: to parse one takes longer than all the rest. */
const basePaths = new Map<string, string>()

function basePath(baseUrl: string): string {
  let path = basePaths.get(baseUrl)
  if (path === undefined) {
    path = new URL(baseUrl).pathname.replace(/(?<!\/)\/+$/, '')
    basePaths.set(baseUrl, path)
  }
  return path
}

/**
 * The API version of an Azure client is for Azure, and for the routes that it asked for. An address there with a version of
 * its own has that one; without one the v1 routes are used, which know no dates.
 */
function withoutApiVersion(query: string, { kind, apiVersion }: ProviderConfig): string {
  if (!query.includes('api-version=')) return query
  const kept = query
    .slice(1)
    .split('&')
    .filter((part) => !/^api-version=/.test(part) || (kind === 'azure' && !apiVersion && !/=\d/.test(part)))
  return kept.length === 0 ? '' : `?${kept.join('&')}`
}

/** Routes keep their version. A key in the query is the client's credential. */
function geminiPath({ apiKey }: ProviderConfig, base: string, path: string, query: string): string {
  const root = base.replace(/\/v1(?:beta|alpha)?$/, '')
  const route = path.startsWith('/v1/models') && !path.includes(':') ? path.replace('/v1/', '/v1beta/') : path
  return root + route + (apiKey === undefined ? query : queryWithoutCredential(query))
}

function azureRoot(base: string): string {
  return `${base.replace(/\/openai(\/v1)?$/, '')}/openai`
}

/** Dated API versions have routes of each deployment for some formats; for the others the body names the deployment. */
function azureRoute(
  { apiVersion, deployments }: ProviderConfig,
  base: string,
  route: string,
  query: string,
  format: WireFormat,
  model: string | undefined,
): Pick<UpstreamRequest, 'path' | 'model'> {
  const root = azureRoot(base)
  const known =
    model === undefined || !deployments || !Object.hasOwn(deployments, model) ? model : deployments[model]
  const renamed = known === model ? undefined : known
  if (apiVersion === undefined) return { path: `${root}/v1${route}${query}`, model: renamed }
  const version = `${query === '' ? '?' : `${query}&`}api-version=${encodeURIComponent(apiVersion)}`
  if (!format.hasDeploymentRoute || known === undefined) {
    return { path: root + route + version, model: renamed }
  }
  return { path: `${root}/deployments/${encodeURIComponent(known)}${route}${version}`, model: renamed }
}
