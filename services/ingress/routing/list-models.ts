import {
  anthropicModel,
  anthropicModelList,
  formatOfPath,
  type Json,
  MalformedAnswerError,
  type ModelEntry,
  mergeModels,
  modelEntry,
  openaiModelList,
  readModel,
  readModels,
  type Translator,
  translateErrorFor,
  upstreamRequest,
} from '@airs-cp/providers'
import type { Provider, ProviderResponse } from '../exchange.ts'
import type { Route } from './provider-settings.ts'
import type { Providers } from './providers.ts'

const maxListBytes = 4 * 1024 * 1024

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
 * Undefined where the provider's response is the client's as it is.
 * @param isNamed the client has named the provider: it is asked alone.
 * @param mayUse whether this client may use a provider's server-side credential.
 * @param allows undefined where the client may use every model.
 */
export function modelListing({
  providers,
  routes,
  target,
  isOne,
  isNamed,
  isAnthropicClient,
  mayUse,
  allows,
}: {
  providers: Providers
  routes: Route[]
  target: Provider
  isOne: boolean
  isNamed: boolean
  isAnthropicClient: boolean
  mayUse: (provider: string) => boolean
  allows: ((model: string) => boolean) | undefined
}): ModelListing | undefined {
  const isAlone = isOne || isNamed
  const further = (isAlone ? [] : providers.names)
    .map((name) => providers.find(name)!)
    .filter((provider) => provider !== target && provider.config.apiKey && mayUse(provider.name))
  const named = (isAlone ? [] : routes)
    .filter(({ model }) => !model.includes('*'))
    .map(({ model, provider }) => modelEntry(model, provider))
  const isForeign = isAnthropicClient !== (target.config.kind === 'anthropic')
  const isChanged = further.length > 0 || named.length > 0 || (allows && !isOne) || isForeign
  return isChanged
    ? { isOne, isAnthropicClient, providers: further, named, allows: allows ?? (() => true) }
    : undefined
}

/** The query with which a provider tells all of its models: Anthropic's list has pages. */
export function modelListQuery({ config }: Provider): string {
  return config.kind === 'anthropic' ? '?limit=1000' : ''
}

/**
 * Gives the provider's response, which has been held whole, a translation: into the one list of all providers, in the shape
 * that the client reads. A further provider that does not respond is left out, and its attempt says why. Where the first
 * provider refuses, its refusal stays one.
 */
export async function listModels({
  answered,
  models: { isOne, isAnthropicClient, providers, named, allows },
  startedAtMs,
  timeoutMs,
}: {
  answered: ProviderResponse
  models: ModelListing
  startedAtMs: number
  timeoutMs: number
}): Promise<ProviderResponse> {
  const { relayed, request } = answered
  if (relayed.end !== 'complete') return answered
  const { kind } = request.target.provider.config
  const isForeign = isAnthropicClient !== (kind === 'anthropic')
  if (relayed.status! >= 400 && !isForeign) return answered
  const asked = await Promise.all(
    (relayed.status! >= 400 ? [] : providers).map((provider) =>
      askForModels(provider, startedAtMs, timeoutMs),
    ),
  )
  const translator: Translator = {
    client: request.format.id,
    provider: request.format.id,
    request: (body) => ({ body, ignored: [], toolNames: new Map() }),
    response(body) {
      const told = parseJson(body)
      if (isOne) {
        const model = readModel(kind, told)
        if (!model) throw new MalformedAnswerError('The response is no model')
        return JSON.stringify(isAnthropicClient ? anthropicModel(model) : model)
      }
      const lists = [readModels(kind, told), ...asked.map(({ models }) => models), named]
      const entries = mergeModels(lists).filter(({ id }) => allows(id))
      return JSON.stringify(isAnthropicClient ? anthropicModelList(entries) : openaiModelList(entries))
    },
    createStream: () => ({ push: (frame) => [frame], end: () => [] }),
    error: translateErrorFor(isAnthropicClient ? 'anthropic' : 'openai'),
  }
  return {
    ...answered,
    request: { ...request, translator },
    attempts: [...answered.attempts, ...asked.map(({ attempt }) => attempt)],
  }
}

const modelsFormat = formatOfPath('GET', '/v1/models')!

async function askForModels(provider: Provider, startedAtMs: number, timeoutMs: number) {
  const { path, headers } = upstreamRequest(provider.config, {
    format: modelsFormat,
    path: '/v1/models',
    query: modelListQuery(provider),
    model: undefined,
    headers: { accept: 'application/json', 'accept-encoding': 'identity' },
  })
  const sentAtMs = performance.now()
  const attempt = (told: { status?: number; error?: string }) => ({
    provider: provider.name,
    startedAfterMs: rounded(sentAtMs - startedAtMs),
    durationMs: rounded(performance.now() - sentAtMs),
    ...told,
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
      if (bytes > maxListBytes) throw new MalformedAnswerError('The list of models is too long')
      chunks.push(chunk)
    }
    if (statusCode >= 400) return { models: [], attempt: attempt({ status: statusCode }) }
    const models = readModels(provider.config.kind, parseJson(Buffer.concat(chunks).toString('utf8')))
    return { models, attempt: attempt({ status: statusCode }) }
  } catch (error) {
    const malformed = error instanceof MalformedAnswerError
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
    throw new MalformedAnswerError('The response about models is not JSON')
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
