import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { type Attempt, roundedMs } from '@airs-cp/events'
import type { RequestFacts } from '@airs-cp/providers'
import type { ExchangeTrace, PreparedRequest, ProviderResponse, UpstreamFailure } from '../exchange.ts'
import type { ExchangeRecorder } from '../recording/recorder.ts'
import { namesInHeader } from './headers.ts'
import { noResponse, type RelayOptions, relay } from './relay.ts'

export type AttemptOptions = Pick<
  RelayOptions,
  'clientFormat' | 'createGuard' | 'sendHead' | 'holdsWhole' | 'limitBytes' | 'maxResponseBytes'
> & {
  record: ExchangeRecorder
  response: ServerResponse
  facts: RequestFacts
  startedAtMs: number
  trace: ExchangeTrace | undefined
}

/** Asks one provider once. The attempt is added to `attempts`, of which the response keeps the list. */
export async function attemptCall(
  options: AttemptOptions,
  {
    request,
    accepts,
    deadlineMs,
    attempts,
    isNewConnection,
  }: {
    request: PreparedRequest
    accepts: (status: number, headers: IncomingHttpHeaders) => boolean
    deadlineMs: number
    attempts: Attempt[]
    isNewConnection: boolean
  },
): Promise<ProviderResponse> {
  const { record, response, facts, startedAtMs, trace } = options
  const recorder = record.openBody()
  const deliveredRecorder = record.openBody()
  const { translator, ignored } = request
  const { name, totalTimeoutMs } = request.target.provider
  const sentAtMs = performance.now()
  nameIgnored(response, ignored)
  const call = trace?.call(request, facts.model)
  const relayed = await relay({
    response,
    clientFormat: options.clientFormat,
    createGuard: options.createGuard,
    sendHead: options.sendHead,
    holdsWhole: options.holdsWhole,
    limitBytes: options.limitBytes,
    maxResponseBytes: options.maxResponseBytes,
    isNewConnection,
    asksForStream: facts.stream,
    // The provider's part of the trace is below ours.
    request: call ? { ...request, headers: { ...request.headers, traceparent: call.traceparent } } : request,
    recorder,
    deliveredRecorder,
    createStreamTranslator:
      translator &&
      (() =>
        translator.createStream({
          createdSeconds: Math.floor(Date.now() / 1_000),
          model: facts.model,
          includeUsage: facts.includeUsage,
          toolNames: request.toolNames,
        })),
    accepts,
    totalTimeoutMs: Math.max(1, Math.min(deadlineMs - sentAtMs, totalTimeoutMs)),
  })
  call?.ended(relayed)
  attempts.push({
    provider: name,
    startedAfterMs: roundedMs(sentAtMs - startedAtMs),
    durationMs: roundedMs(performance.now() - sentAtMs),
    ...(relayed.status !== undefined && { status: relayed.status }),
    ...(typeof relayed.end === 'object' && { error: relayed.end.code }),
  })
  const mediaType = String(relayed.headers['content-type'] ?? 'application/octet-stream')
  return {
    request,
    relayed,
    body: recorder.finish(mediaType),
    delivered: deliveredRecorder.bytes() > 0 ? deliveredRecorder.finish(mediaType) : undefined,
    attempts,
    call,
  }
}

/** What there is where no provider could be asked. */
export function notAttempted(
  request: PreparedRequest,
  end: UpstreamFailure,
  { record }: Pick<AttemptOptions, 'record'>,
  attempts: Attempt[],
): ProviderResponse {
  return {
    request,
    relayed: { ...noResponse, end },
    body: record.openBody().finish('application/octet-stream'),
    delivered: undefined,
    attempts,
    call: undefined,
  }
}

/** The client learns which fields mean nothing to the provider, and were left out. */
function nameIgnored(response: ServerResponse, ignored: string[]): void {
  if (response.headersSent) return
  if (ignored.length === 0) response.removeHeader('x-airs-ignored')
  else response.setHeader('x-airs-ignored', namesInHeader(ignored))
}
