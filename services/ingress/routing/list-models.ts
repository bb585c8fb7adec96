import type { IncomingHttpHeaders } from 'node:http'
import { type ClientKey, roundedMs } from '@airs-cp/events'
import {
  anthropicModel,
  anthropicModelList,
  formatOfPath,
  isCredentialInQuery,
  type Json,
  MalformedResponseError,
  type ModelEntry,
  mergeModels,
  modelEntry,
  openaiModelList,
  readModel,
  readModels,
  type Translator,
  translateErrorFor,
  upstreamRequest,
  type WireFormat,
} from '@airs-cp/providers'
import { allowsModel } from '../admission/client-keys.ts'
import type { Exchange, Provider, ProviderResponse } from '../exchange.ts'
import type { Route } from './provider-settings.ts'
import type { Providers } from './providers.ts'

const maxListBytes = 4 * 1024 * 1024
/** For the providers beside the first one: a slow one is left out. */
const timeoutMs = 5_000

/** How a provider's response about its models becomes the client's. */
export type ModelListing = {
  /** One model, `/v1/models/{model}`, and not the list. */
  isOne: boolean
  isAnthropicClient: boolean
  /** Providers with a credential of the server's own; a client's goes to the default provider alone. */
  providers: Provider[]
  /** Names that routes give. */
  named: ModelEntry[]
  /** Whether the client's key may use a model; the others are not listed. */
  allows: (model: string) => boolean
}

/**
 * Undefined where no models are asked for, and where the provider's response is the client's as it is. Providers whose credentials the client may not use
 * are not asked, and one that it names is asked alone.
 * @param isOpen whether a client without a key may use the server's credentials.
 */
export function modelListing({
  format,
  providers,
  routes,
  target,
  exchange,
  headers,
  key,
  isOpen,
}: {
  format: WireFormat
  providers: Providers
  routes: Route[]
  target: Provider
  exchange: Exchange
  headers: IncomingHttpHeaders
  key: ClientKey | undefined
  isOpen: boolean
}): ModelListing | undefined {
  if (!format.listsModels) return undefined
  const isOne = exchange.route.path !== '/v1/models'
  const isAlone = isOne || headers['x-airs-provider'] !== undefined
  const isAnthropicClient = headers['anthropic-version'] !== undefined
  const mayUse = (name: string) => (key ? (key.limits.providers?.includes(name) ?? true) : isOpen)
  const further = (isAlone ? [] : providers.names)
    .map((name) => providers.find(name)!)
    .filter((provider) => provider !== target && provider.config.apiKey && mayUse(provider.name))
  const named = (isAlone ? [] : routes)
    .filter(({ model }) => !model.includes('*'))
    .map(({ model, provider }) => modelEntry(model, provider))
  const isForeign = hasForeignList(target, isAnthropicClient)
  const isLimited = key?.limits.models !== undefined
  const isChanged = further.length > 0 || named.length > 0 || (isLimited && !isOne) || isForeign
  if (!isChanged) return undefined
  const allows = (model: string) => !key || allowsModel(key, model)
  return { isOne, isAnthropicClient, providers: further, named, allows }
}

/** Whether the list of a provider has another shape than the one that the client reads. */
function hasForeignList({ config: { kind } }: Provider, isAnthropicClient: boolean): boolean {
  return kind === 'gemini' || isAnthropicClient !== (kind === 'anthropic')
}

/**
 * The query with which a provider returns all of its models: Anthropic's list has pages.
 * @param query the client's, which for Gemini may hold its key.
 */
export function modelListQuery({ config }: Provider, query = ''): string {
  if (config.kind === 'gemini') {
    const keys = query.slice(1).split('&').filter(isCredentialInQuery)
    return `?${['pageSize=1000', ...keys].join('&')}`
  }
  return config.kind === 'anthropic' ? '?limit=1000' : ''
}

/**
 * Gives the provider's response, which has been held whole, a translation: into the one list of all providers, in the shape
 * that the client reads. A further provider that does not respond is left out, and its attempt says why. Where the first
 * provider refuses, its refusal stays one.
 */
export async function listModels({
  received,
  models: { isOne, isAnthropicClient, providers, named, allows },
  startedAtMs,
}: {
  received: ProviderResponse
  models: ModelListing
  startedAtMs: number
}): Promise<ProviderResponse> {
  const { relayed, request } = received
  if (relayed.end !== 'complete') return received
  const { provider } = request.target
  const { kind } = provider.config
  const isForeign = hasForeignList(provider, isAnthropicClient)
  if (relayed.status! >= 400 && !isForeign) return received
  const asked = await Promise.all(
    (relayed.status! >= 400 ? [] : providers).map((provider) => askForModels(provider, startedAtMs)),
  )
  const translator: Translator = {
    client: request.format.id,
    provider: request.format.id,
    request: (body) => ({ body, ignored: [], toolNames: new Map() }),
    response(body) {
      const received = parseJson(body)
      if (isOne) {
        const model = readModel(kind, received)
        if (!model) throw new MalformedResponseError('The response is no model')
        return JSON.stringify(isAnthropicClient ? anthropicModel(model) : model)
      }
      const lists = [readModels(kind, received), ...asked.map(({ models }) => models), named]
      const entries = mergeModels(lists).filter(({ id }) => allows(id))
      return JSON.stringify(isAnthropicClient ? anthropicModelList(entries) : openaiModelList(entries))
    },
    createStream: () => ({ push: (frame) => [frame], end: () => [] }),
    error: translateErrorFor(
      isAnthropicClient ? 'anthropic' : 'openai',
      kind === 'gemini' ? 'gemini' : isAnthropicClient ? 'openai' : 'anthropic',
    ),
  }
  return {
    ...received,
    request: { ...request, translator },
    attempts: [...received.attempts, ...asked.map(({ attempt }) => attempt)],
  }
}

const modelsFormat = formatOfPath('GET', '/v1/models')!

async function askForModels(provider: Provider, startedAtMs: number) {
  const { path, headers } = upstreamRequest(provider.config, {
    format: modelsFormat,
    path: '/v1/models',
    query: modelListQuery(provider),
    model: undefined,
    headers: { accept: 'application/json', 'accept-encoding': 'identity' },
  })
  const sentAtMs = performance.now()
  const attempt = (received: { status?: number; error?: string }) => ({
    provider: provider.name,
    startedAfterMs: roundedMs(sentAtMs - startedAtMs),
    durationMs: roundedMs(performance.now() - sentAtMs),
    ...received,
  })
  try {
    const { statusCode, body } = await provider.pool.request({
      method: 'GET',
      path,
      headers,
      signal: AbortSignal.timeout(timeoutMs),
    })
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maxListBytes) throw new MalformedResponseError('The list of models is too long')
      chunks.push(chunk)
    }
    if (statusCode >= 400) return { models: [], attempt: attempt({ status: statusCode }) }
    const models = readModels(provider.config.kind, parseJson(Buffer.concat(chunks).toString('utf8')))
    return { models, attempt: attempt({ status: statusCode }) }
  } catch (error) {
    const malformed = error instanceof MalformedResponseError
    return {
      models: [],
      attempt: attempt({ error: malformed ? 'upstream_malformed' : 'upstream_unreachable' }),
    }
  }
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw new MalformedResponseError('The response about models is not JSON')
  }
}
