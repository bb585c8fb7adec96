import type { Attributes } from '@opentelemetry/api'
import type { Outcome, PreparedRequest, Provider, Relayed } from '../exchange.ts'

const maxCharacters = 256

const providersByKind: Readonly<Record<string, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  azure: 'azure.ai.openai',
  gemini: 'gcp.gemini',
  ollama: 'ollama',
}
/** The names that the conventions give to providers, by the end of their host names. */
const providersByHost: readonly [host: string, name: string][] = [
  ['api.anthropic.com', 'anthropic'],
  ['api.openai.com', 'openai'],
  ['openai.azure.com', 'azure.ai.openai'],
  ['services.ai.azure.com', 'azure.ai.inference'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['amazonaws.com', 'aws.bedrock'],
  ['cohere.com', 'cohere'],
  ['cohere.ai', 'cohere'],
  ['api.deepseek.com', 'deepseek'],
  ['api.groq.com', 'groq'],
  ['ml.cloud.ibm.com', 'ibm.watsonx.ai'],
  ['api.mistral.ai', 'mistral_ai'],
  ['api.moonshot.ai', 'moonshot_ai'],
  ['api.moonshot.cn', 'moonshot_ai'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.x.ai', 'x_ai'],
]

type Endpoint = { provider: string; serverAddress: string; serverPort: number }
const endpoints = new WeakMap<Provider['config'], Endpoint>()

/**
 * How telemetry names a provider: `gen_ai.provider.name` is the conventions' own where its address or its kind is one
 * that they know, otherwise the name that configuration gives it.
 */
export function endpointOf({ config, name }: Pick<Provider, 'config' | 'name'>): Endpoint {
  const known = endpoints.get(config)
  if (known) return known
  const { hostname, port, protocol } = new URL(config.baseUrl)
  const endpoint = {
    provider: knownProvider(hostname) ?? providersByKind[config.kind] ?? name,
    serverAddress: hostname,
    serverPort: Number(port || (protocol === 'https:' ? 443 : 80)),
  }
  endpoints.set(config, endpoint)
  return endpoint
}

function knownProvider(hostname: string): string | undefined {
  // Of regional hosts the part before the last name ends with a hyphen: us-east5-aiplatform.googleapis.com.
  return providersByHost.find(
    ([host]) => hostname === host || hostname.endsWith(`.${host}`) || hostname.endsWith(`-${host}`),
  )?.[1]
}

/** Of a call of a provider, by the semantic conventions for generative AI 0.1.0, and what is ours. */
export function genAiRequest(
  { target, format, method, body }: PreparedRequest,
  model: string | undefined,
  session: string,
): { name: string; attributes: Attributes } {
  const { provider } = target
  const operation = format.operationName
  const asked = (target.model ?? model)?.slice(0, maxCharacters)
  const endpoint = endpointOf(provider)
  return {
    name: [operation ?? method, asked ?? provider.name].join(' '),
    attributes: {
      'gen_ai.provider.name': endpoint.provider,
      'gen_ai.conversation.id': session,
      ...(operation && { 'gen_ai.operation.name': operation }),
      ...(asked !== undefined && { 'gen_ai.request.model': asked }),
      'server.address': endpoint.serverAddress,
      'server.port': endpoint.serverPort,
      'http.request.method': method,
      'http.request.body.size': body.length,
      'airs.provider': provider.name,
    },
  }
}

export function genAiResponse({ model, usage, finishReasons, stream, cost, body }: Outcome): Attributes {
  return {
    'gen_ai.request.stream': stream,
    'http.response.body.size': body.bytes,
    ...(model !== undefined && { 'gen_ai.response.model': model.slice(0, maxCharacters) }),
    ...(finishReasons && { 'gen_ai.response.finish_reasons': finishReasons }),
    ...(usage?.inputTokens !== undefined && { 'gen_ai.usage.input_tokens': usage.inputTokens }),
    ...(usage?.outputTokens !== undefined && { 'gen_ai.usage.output_tokens': usage.outputTokens }),
    ...(usage?.cachedInputTokens !== undefined && {
      'gen_ai.usage.cache_read.input_tokens': usage.cachedInputTokens,
    }),
    ...(usage?.cacheWriteInputTokens !== undefined && {
      'gen_ai.usage.cache_write.input_tokens': usage.cacheWriteInputTokens,
    }),
    ...(usage?.reasoningTokens !== undefined && {
      'gen_ai.usage.reasoning.output_tokens': usage.reasoningTokens,
    }),
    ...(usage && { 'airs.usage.estimated': usage.estimated }),
    ...(cost && { 'airs.cost.usd_micros': cost.usdMicros }),
  }
}

/** A code of ours or the provider's status; undefined where the call went well. */
export function errorTypeOf({ end, status }: Relayed): string | undefined {
  if (typeof end === 'object') return end.code
  if (end === 'client-left') return end
  return status !== undefined && status >= 400 ? String(status) : undefined
}
