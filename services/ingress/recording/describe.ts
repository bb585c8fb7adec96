import type { IncomingMessage } from 'node:http'
import { boundedName, roundedMs } from '@airs-cp/events'
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
export type Opening = Awaited<ReturnType<typeof openingOf>>

export async function openingOf(
  exchange: Exchange,
  record: ExchangeRecorder,
  request: IncomingMessage,
  body: Buffer,
  format: WireFormat | undefined,
  { model, stream }: Pick<RequestFacts, 'model' | 'stream'> = { model: undefined, stream: false },
) {
  const { method, path, query, tags, agent, sources, credential, key, verified } = exchange
  const mediaType = String(request.headers['content-type'] ?? 'application/json')
  return {
    request: {
      method,
      path: (record.cover().path ?? path) + recordedQuery(record.cover().query ?? query),
      format: format?.id,
      model: nameOf(model),
      stream,
      ...(format?.coverage && { coverage: format.coverage }),
      ...(body.length > 0 && {
        body: await record.body(body, mediaType, record.cover().request(body), `request ${path}`),
      }),
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
export async function forwardedOf(request: PreparedRequest, record: ExchangeRecorder) {
  return request.changes.length === 0 ? {} : { forwarded: await bodyForProvider(request, record) }
}

async function bodyForProvider(
  { body, changes, ignored, headers }: PreparedRequest,
  record: ExchangeRecorder,
) {
  const cover = record.cover()
  const covered = changes.length === 0 ? cover.request(body) : cover.forwarded(body)
  const mediaType = String(headers['content-type'] ?? 'application/json')
  return {
    body: await record.body(body, mediaType, covered, 'forwarded'),
    changes,
    ...(ignored.length > 0 && { ignored }),
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
      firstByteMs: relayed.firstByteMs === undefined ? undefined : roundedMs(relayed.firstByteMs),
      durationMs: roundedMs(performance.now() - exchange.startedAtMs),
    },
  }
}

function nameOf(model: string | undefined): string | undefined {
  return model === undefined ? undefined : boundedName(model)
}

/**
 * The same with as much of the response as is to be recorded, and of what its provider got, where that is no longer what was recorded
 * of the first request.
 */
export async function coveredOutcome(
  outcome: Outcome,
  { request, relayed, body }: ProviderResponse,
  judged: Judged | undefined,
  record: ExchangeRecorder,
  first: PreparedRequest,
): Promise<Outcome> {
  const about = {
    format: request.format,
    contentType: relayed.headers['content-type'],
    isStream: relayed.stream,
    judged: judged?.decision,
  }
  const settled = await record.settle(body, (bytes) => record.cover().response({ ...about, bytes }))
  const isFirst = request === first || request.body.equals(first.body)
  return { ...outcome, body: settled, ...(!isFirst && { forwarded: await bodyForProvider(request, record) }) }
}

/** What the client gets, where that is not what the provider sent. */
export async function deliveredOf(
  { delivered }: ProviderResponse,
  { stream, list, whole, headers }: Relayed,
  { decision, blockedMessage, rewritten, changes }: Judged,
  format: WireFormat,
  record: ExchangeRecorder,
): Promise<Delivered | undefined> {
  if (blockedMessage !== undefined || changes.length === 0) return undefined
  const mediaType = stream && !list ? 'text/event-stream' : 'application/json'
  const covered = (bytes: Buffer) =>
    record.cover().response({
      ...{ bytes, format, isStream: stream, judged: decision },
      contentType: headers['content-type'],
    })
  // Of a stream whose every frame is left out there is neither.
  const here = rewritten ?? (delivered ? undefined : (whole ?? Buffer.alloc(0)))
  const body = here
    ? await record.body(here, mediaType, await covered(here))
    : await record.settle(delivered!, covered)
  return { body, changes }
}
