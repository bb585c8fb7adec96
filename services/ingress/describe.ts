import type { IncomingMessage } from 'node:http'
import type { Attempt, RecordedBody, Usage } from '@airs-cp/events'
import type { JsonObject, RequestFacts, WireFormat } from '@airs-cp/providers'
import type { BodyRecorder } from './body-recorder.ts'
import type { Exchange } from './exchange.ts'
import type { Provider } from './providers.ts'
import type { ExchangeRecorder } from './recorder.ts'
import type { Relayed } from './relay.ts'

/** What every opening event tells of a request. */
export function openingOf(
  exchange: Exchange,
  record: ExchangeRecorder,
  request: IncomingMessage,
  body: Buffer,
  format: WireFormat | undefined,
  { model, stream }: Pick<RequestFacts, 'model' | 'stream'>,
) {
  const { method, path, query, tags, agent, sources, credential } = exchange
  const mediaType = String(request.headers['content-type'] ?? 'application/json')
  return {
    request: {
      method,
      path: path + query,
      format: format?.id,
      model,
      stream,
      ...(body.length > 0 && { body: record.body(body, mediaType) }),
    },
    tags,
    agent,
    sources,
    credential,
  }
}

/** What every outcome tells of an answer. */
export type Outcome = {
  provider: string
  model: string | undefined
  stream: boolean
  body: RecordedBody
  attempts: Attempt[]
  usage: Usage | undefined
  finishReasons: string[] | undefined
  timing: { firstByteMs: number | undefined; durationMs: number }
}

export function outcomeOf({
  exchange,
  provider,
  facts,
  relayed,
  format,
  sentAtMs,
  body,
}: {
  exchange: Exchange
  provider: Provider
  facts: RequestFacts
  relayed: Relayed
  format: WireFormat
  sentAtMs: number
  body: BodyRecorder
}): Outcome {
  const nowMs = performance.now()
  const recorded = body.finish(String(relayed.headers['content-type'] ?? 'application/octet-stream'))
  const answer = relayed.follower ? undefined : parseAnswer(recorded)
  return {
    provider: provider.name,
    model: relayed.follower?.model() ?? modelOf(answer) ?? facts.model,
    stream: relayed.stream,
    body: recorded,
    attempts: [
      {
        provider: provider.name,
        startedAfterMs: rounded(sentAtMs - exchange.startedAtMs),
        durationMs: rounded(nowMs - sentAtMs),
        ...(relayed.status !== undefined && { status: relayed.status }),
        ...(typeof relayed.end !== 'string' && { error: relayed.end.code }),
      },
    ],
    usage: relayed.follower ? relayed.follower.usage() : answer && format.usage(answer),
    finishReasons: relayed.follower
      ? relayed.follower.finishReasons()
      : answer && format.finishReasons(answer),
    timing: {
      firstByteMs: relayed.firstByteMs === undefined ? undefined : rounded(relayed.firstByteMs),
      durationMs: rounded(nowMs - exchange.startedAtMs),
    },
  }
}

/** The JSON of an answer that is recorded in one piece; a longer one is not parsed for its usage. */
function parseAnswer({ text }: RecordedBody): JsonObject | undefined {
  if (!text?.startsWith('{')) return undefined
  try {
    return JSON.parse(text) as JsonObject
  } catch {
    return undefined
  }
}

function modelOf(answer: JsonObject | undefined): string | undefined {
  return typeof answer?.model === 'string' ? answer.model : undefined
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
