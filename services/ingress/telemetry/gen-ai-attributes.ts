import type { Attributes } from '@opentelemetry/api'
import type { Outcome, PreparedRequest, Provider, Relayed } from '../exchange.ts'

const maxCharacters = 256

/** OpenTelemetry's name of a provider, by kind; a compatible one has the name that configuration gives it. */
export function genAiProvider({ config, name }: Pick<Provider, 'config' | 'name'>): string {
  if (config.kind === 'azure') return 'azure.ai.openai'
  if (config.kind === 'gemini') return 'gcp.gemini'
  return config.kind === 'openai-compatible' ? name : config.kind
}

/** Of a call of a provider, by the semantic conventions for generative AI (1.45), and what is ours. */
export function genAiRequest(
  { target, format, method, body }: PreparedRequest,
  model: string | undefined,
): { name: string; attributes: Attributes } {
  const { provider } = target
  const operation = format.operationName
  const asked = (target.model ?? model)?.slice(0, maxCharacters)
  const { hostname, port, protocol } = new URL(provider.config.baseUrl)
  return {
    name: [operation ?? method, asked ?? provider.name].join(' '),
    attributes: {
      'gen_ai.provider.name': genAiProvider(provider),
      ...(operation && { 'gen_ai.operation.name': operation }),
      ...(asked !== undefined && { 'gen_ai.request.model': asked }),
      'server.address': hostname,
      'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
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
