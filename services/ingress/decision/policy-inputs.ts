import type { EvaluationContext, ScanCache, Subject } from '@airs-cp/policy-engine'
import {
  askRequest,
  type JsonObject,
  type ReadTexts,
  type RequestFacts,
  type WireFormat,
} from '@airs-cp/providers'
import type { Exchange } from '../exchange.ts'

/** What policies are matched against: who asks, and what is asked, a model or an MCP server. */
export function subjectOf(
  exchange: Exchange,
  { providers, model, server }: { providers: string[]; model?: string | undefined; server?: string },
): Subject {
  const { tenant, tags, agent, key, credential, address, session, isSessionNamed, verified } = exchange
  return {
    tenant,
    providers,
    tags,
    session: { id: session, named: isSessionNamed },
    ...(model !== undefined && { model }),
    ...(server !== undefined && { server }),
    ...(agent !== undefined && { agent }),
    ...(key && { key }),
    ...(credential && { credential: credential.fingerprint }),
    ...(address !== undefined && { address }),
    ...(verified && { verified }),
  }
}

/** What conditions and detectors may ask of a request. */
export function contextOf({
  exchange,
  format,
  facts,
  json,
  read,
  cache,
}: {
  exchange: Exchange
  format: WireFormat
  facts: RequestFacts
  json: JsonObject | undefined
  read: ReadTexts
  cache: ScanCache
}): EvaluationContext {
  const { route, sources } = exchange
  const { stream } = facts
  const asked = {
    format,
    path: route.path,
    stream,
    sources,
    body: () => json,
    texts: () => read.texts,
    unscanned: () => read.unscanned,
  }
  return { ...askRequest(asked), cache }
}
