import type { IncomingMessage } from 'node:http'
import { boundedName } from '@airs-cp/events'
import type { RequestFacts, WireFormat } from '@airs-cp/providers'
import type {
  Delivered,
  Exchange,
  Judged,
  Measured,
  Outcome,
  PreparedRequest,
  ProviderResponse,
  Relayed,
} from '../exchange.ts'
import { recordedQuery } from './hide-credentials.ts'
import type { ExchangeRecorder } from './recorder.ts'

/** What every event that opens an exchange says of its request. */
export type Opening = ReturnType<typeof openingOf>

export function openingOf(
  exchange: Exchange,
  record: ExchangeRecorder,
  request: IncomingMessage,
  body: Buffer,
  format: WireFormat | undefined,
  { model, stream }: Pick<RequestFacts, 'model' | 'stream'>,
) {
  const { method, path, query, tags, agent, sources, credential, key, verified } = exchange
  const mediaType = String(request.headers['content-type'] ?? 'application/json')
  return {
    request: {
      method,
      path: path + recordedQuery(query),
      format: format?.id,
      model: nameOf(model),
      stream,
      ...(format?.coverage && { coverage: format.coverage }),
      ...(body.length > 0 && { body: record.body(body, mediaType) }),
    },
    tags,
    agent,
    sources,
    credential,
    key,
    verified: verified && [...verified],
  }
}

/** What the provider gets, where that is not what the client sent. */
export function forwardedOf({ body, changes, ignored, headers }: PreparedRequest, record: ExchangeRecorder) {
  if (changes.length === 0) return {}
  return {
    forwarded: {
      body: record.body(body, String(headers['content-type'] ?? 'application/json')),
      changes,
      ...(ignored.length > 0 && { ignored }),
    },
  }
}

/** What every event that closes an exchange says of its response. */
export function outcomeOf(
  exchange: Exchange,
  { request, relayed, body, attempts }: ProviderResponse,
  { model, usage, cost, finishReasons }: Measured,
): Outcome {
  return {
    provider: request.target.provider.name,
    keyId: exchange.key?.id,
    model: nameOf(model),
    stream: relayed.stream,
    body,
    attempts,
    usage,
    cost,
    finishReasons: finishReasons?.map(boundedName),
    timing: {
      firstByteMs: relayed.firstByteMs === undefined ? undefined : rounded(relayed.firstByteMs),
      durationMs: rounded(performance.now() - exchange.startedAtMs),
    },
  }
}

function nameOf(model: string | undefined): string | undefined {
  return model === undefined ? undefined : boundedName(model)
}

/** What the client gets, where that is not what the provider sent. */
export function deliveredOf(
  { delivered }: ProviderResponse,
  { stream, whole }: Relayed,
  { blockedMessage, rewritten, changes }: Judged,
  record: ExchangeRecorder,
): Delivered | undefined {
  if (blockedMessage !== undefined || changes.length === 0) return undefined
  const mediaType = stream ? 'text/event-stream' : 'application/json'
  const body = rewritten ? record.body(rewritten, mediaType) : (delivered ?? record.body(whole!, mediaType))
  return { body, changes }
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
