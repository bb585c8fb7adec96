import type { EvaluationContext, ScanCache, Subject, Throttle } from '@airs-cp/policy-engine'
import {
  askedTools,
  estimateInputTokens,
  type JsonObject,
  type RequestFacts,
  requestLimits,
  type TextPart,
  type WireFormat,
} from '@airs-cp/providers'
import type { Exchange } from './exchange.ts'

/** What policies are matched against. */
export function subjectOf(exchange: Exchange, facts: RequestFacts, providers: string[]): Subject {
  const { tenant, tags, agent, key, credential, session, isSessionNamed } = exchange
  return {
    tenant,
    providers,
    tags,
    session: { id: session, named: isSessionNamed },
    ...(facts.model !== undefined && { model: facts.model }),
    ...(agent !== undefined && { agent }),
    ...(key && { key }),
    ...(credential && { credential: credential.fingerprint }),
  }
}

/** What conditions and detectors may ask of a request; nothing is computed before one of them does. */
export function contextOf({
  exchange,
  format,
  facts,
  json,
  texts,
  cache,
  throttle,
}: {
  exchange: Exchange
  format: WireFormat
  facts: RequestFacts
  json: JsonObject | undefined
  texts: TextPart[]
  cache: ScanCache
  throttle: Throttle
}): EvaluationContext {
  return {
    declaresDocuments: exchange.sources.length > 0,
    cache,
    throttle,
    tools: () => askedTools(format.id, json),
    systemPrompts: () => systemPromptsOf(texts),
    request: () => ({
      format: format.id,
      path: exchange.path,
      stream: facts.stream,
      sources: exchange.sources,
      ...requestLimits(json),
      characters: texts.reduce((sum, { text }) => sum + text.length, 0),
      get estimatedTokens() {
        return estimateInputTokens(texts)
      },
      get hasSystemPrompt() {
        return systemPromptsOf(texts).length > 0
      },
      get tools() {
        return askedTools(format.id, json).offered.map(({ name }) => name)
      },
    }),
  }
}

const promptPlace = /^\/(?:system|instructions|messages|input)\b/

/** What the operator of the app told the model; schemas and descriptions of tools are not among it. */
function systemPromptsOf(texts: TextPart[]): string[] {
  return texts
    .filter(({ role, kind, path }) => role === 'system' && kind === 'text' && promptPlace.test(path))
    .map(({ text }) => text)
}
