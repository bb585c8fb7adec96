import {
  anthropicModelList,
  type Json,
  MalformedAnswerError,
  type ModelEntry,
  mergeModels,
  modelEntry,
  openaiModelList,
  readModels,
  type Translator,
  upstreamRequest,
} from '@airs-cp/providers'
import type { Answered } from './call-provider.ts'
import type { Route } from './provider-settings.ts'
import type { Provider, Providers } from './providers.ts'

const maxListBytes = 4 * 1024 * 1024

/** What a list of models has beside the models of the default provider. */
export type FurtherModels = {
  /** Providers with a credential of the server's own; a client's goes to the default provider alone. */
  providers: Provider[]
  /** Names that routes give. */
  named: ModelEntry[]
}

/**
 * Where `GET /v1/models` looks beside the default provider; undefined where that one's own list is all there is.
 * @param mayUse whether this client may use a provider's server-side credential.
 */
export function furtherModels(
  providers: Providers,
  routes: Route[],
  mayUse: (provider: string) => boolean,
): FurtherModels | undefined {
  const further = providers.names
    .map((name) => providers.find(name)!)
    .filter((provider) => provider !== providers.default && provider.config.apiKey && mayUse(provider.name))
  const named = routes
    .filter(({ model }) => !model.includes('*'))
    .map(({ model, provider }) => modelEntry(model, provider))
  return further.length > 0 || named.length > 0 ? { providers: further, named } : undefined
}

/** The query with which a provider tells all of its models: Anthropic's list has pages. */
export function modelListQuery({ config }: Provider): string {
  return config.kind === 'anthropic' ? '?limit=1000' : ''
}

/**
 * Adds the further models to the default provider's answer, which has been held whole; its translation is then the one
 * list, in Anthropic's shape for Anthropic's clients. A provider that does not answer is left out, and its attempt says
 * why. Where the default provider refuses, its refusal stays as it is.
 */
export async function listModels({
  answered,
  further,
  isAnthropicClient,
  startedAtMs,
  timeoutMs,
}: {
  answered: Answered
  further: FurtherModels
  isAnthropicClient: boolean
  startedAtMs: number
  timeoutMs: number
}): Promise<Answered> {
  const { relayed, request } = answered
  if (relayed.end !== 'complete' || relayed.status! >= 400) return answered
  const asked = await Promise.all(
    further.providers.map((provider) => askForModels(provider, startedAtMs, timeoutMs)),
  )
  const { kind } = request.target.provider.config
  const translator: Translator = {
    client: 'openai.models',
    provider: 'openai.models',
    request: (body) => ({ body, ignored: [] }),
    response(body) {
      const own = readModels(kind, parseList(body))
      const entries = mergeModels([own, ...asked.map(({ models }) => models), further.named])
      return JSON.stringify(isAnthropicClient ? anthropicModelList(entries) : openaiModelList(entries))
    },
    createStream: () => ({ push: (frame) => [frame] }),
    error: (status, body) => ({ status, body }),
  }
  return {
    ...answered,
    request: { ...request, translator },
    attempts: [...answered.attempts, ...asked.map(({ attempt }) => attempt)],
  }
}

async function askForModels(provider: Provider, startedAtMs: number, timeoutMs: number) {
  const { path, headers } = upstreamRequest(provider.config, {
    format: 'openai.models',
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
    const models = readModels(provider.config.kind, parseList(Buffer.concat(chunks).toString('utf8')))
    return { models, attempt: attempt({ status: statusCode }) }
  } catch (error) {
    const malformed = error instanceof MalformedAnswerError
    return {
      models: [],
      attempt: attempt({ error: malformed ? 'upstream_malformed' : 'upstream_unreachable' }),
    }
  }
}

function parseList(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw new MalformedAnswerError('The list of models is not JSON')
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
