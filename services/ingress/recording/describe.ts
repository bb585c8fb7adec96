import type { IncomingMessage } from 'node:http'
import { type Attempt, boundedName, type RecordedBody, type Usage } from '@airs-cp/events'
import {
  estimateInputTokens,
  estimateTokens,
  type JsonObject,
  type RequestFacts,
  type WireFormat,
} from '@airs-cp/providers'
import type { Exchange } from '../exchange.ts'
import { costOf } from '../routing/price-of.ts'
import type { Answered } from '../upstream/call-provider.ts'
import type { PreparedRequest } from '../upstream/prepare-request.ts'
import { tellsError } from '../upstream/reports-error.ts'
import { recordedQuery } from './hide-credentials.ts'
import type { ExchangeRecorder } from './recorder.ts'

/** What every opening event tells of a request. */
export function openingOf(
  exchange: Exchange,
  record: ExchangeRecorder,
  request: IncomingMessage,
  body: Buffer,
  format: WireFormat | undefined,
  { model, stream }: Pick<RequestFacts, 'model' | 'stream'>,
) {
  const { method, path, query, tags, agent, sources, credential, key } = exchange
  const mediaType = String(request.headers['content-type'] ?? 'application/json')
  return {
    request: {
      method,
      path: path + recordedQuery(query),
      format: format?.id,
      model: nameOf(model),
      stream,
      ...(body.length > 0 && { body: record.body(body, mediaType) }),
    },
    tags,
    agent,
    sources,
    credential,
    key,
  }
}

/** What the provider gets, where that is not what the client sent. */
export function forwardedOf({ body, changes, ignored }: PreparedRequest, record: ExchangeRecorder) {
  if (changes.length === 0) return {}
  return {
    forwarded: {
      body: record.body(body, 'application/json'),
      changes,
      ...(ignored.length > 0 && { ignored }),
    },
  }
}

/** What every outcome tells of an answer. */
export type Outcome = {
  provider: string
  keyId: string | undefined
  model: string | undefined
  stream: boolean
  body: RecordedBody
  attempts: Attempt[]
  usage: Usage | undefined
  cost: { usdMicros: number; priceDate: string; clamped?: true } | undefined
  finishReasons: string[] | undefined
  timing: { firstByteMs: number | undefined; durationMs: number }
}

export function outcomeOf(
  { request, relayed, body, attempts }: Answered,
  exchange: Exchange,
  facts: RequestFacts,
  texts: () => ReturnType<WireFormat['requestTexts']>,
): Outcome {
  const { format, target } = request
  const { follower } = relayed
  const answer = follower
    ? undefined
    : (parseAnswer(relayed.whole?.toString('utf8') ?? body.text) ?? relayed.outline?.result())
  const model = follower?.model() ?? modelOf(answer) ?? facts.model
  relayed.toldError ||= tellsError(answer)
  const usage = usageOf(format, relayed, body, answer, texts)
  return {
    provider: target.provider.name,
    keyId: exchange.key?.id,
    model: nameOf(model),
    stream: relayed.stream,
    body,
    attempts,
    usage,
    cost: usage && model !== undefined ? costOf(target.provider.config, model, usage) : undefined,
    finishReasons: (follower ? follower.finishReasons() : answer && format.finishReasons(answer))?.map(
      boundedName,
    ),
    timing: {
      firstByteMs: relayed.firstByteMs === undefined ? undefined : rounded(relayed.firstByteMs),
      durationMs: rounded(performance.now() - exchange.startedAtMs),
    },
  }
}

/** Rough, for answers that are too long to be looked at and that came without usage. */
const bytesPerToken = 4

/**
 * The provider's usage. Where it told none, or the answer broke off before it could tell all, tokens are counted: those
 * of a broken answer as far as it came, so that leaving early is not a way around limits and budgets.
 */
function usageOf(
  format: WireFormat,
  { end, status, follower, counter, guard, toldError }: Answered['relayed'],
  body: RecordedBody,
  answer: JsonObject | undefined,
  requestTexts: () => ReturnType<WireFormat['requestTexts']>,
): Usage | undefined {
  const told = follower ? follower.usage() : answer && format.usage(answer)
  const isWhole = end === 'complete' && guard?.blockedMessage() === undefined
  if (told && !told.refused && (isWhole || !counter)) return told
  const uncounted = told?.refused ? told : undefined
  if (!format.generatesText || status === undefined || status >= 400) return uncounted
  if (!counter && (!answer || toldError)) return uncounted
  const counted = counter
    ? counter.tokens()
    : body.text === undefined
      ? Math.ceil(body.bytes / bytesPerToken)
      : estimateTokens(format.responseTexts(answer).map(({ text }) => text))
  return {
    ...told,
    inputTokens: told?.inputTokens ?? estimateInputTokens(requestTexts()),
    outputTokens: Math.max(told?.outputTokens ?? 0, counted),
    estimated: true,
  }
}

/** The JSON of an answer that is here in one piece; some servers keep its connection alive with space before it. */
function parseAnswer(text: string | undefined): JsonObject | undefined {
  if (!text || !/^\s*\{/.test(text)) return undefined
  try {
    return JSON.parse(text) as JsonObject
  } catch {
    return undefined
  }
}

function modelOf(answer: JsonObject | undefined): string | undefined {
  return typeof answer?.model === 'string' ? answer.model : undefined
}

function nameOf(model: string | undefined): string | undefined {
  return model === undefined ? undefined : boundedName(model)
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
