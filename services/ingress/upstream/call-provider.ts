import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Attempt } from '@airs-cp/events'
import type { RequestFacts, WireFormat } from '@airs-cp/providers'
import { Refusal } from '../admission/refusal.ts'
import type {
  CallTrace,
  ExchangeTrace,
  FrameGuard,
  PreparedRequest,
  ProviderResponse,
  Relayed,
  Target,
} from '../exchange.ts'
import type { ExchangeRecorder } from '../recording/recorder.ts'
import { relay } from './relay.ts'
import { UpstreamError } from './upstream-error.ts'

/** Statuses with which a provider says that it has not done anything, and may if asked again. */
const notProcessed = new Set([429, 503, 529])
/** Statuses with which a provider, or what stands before it, says that it failed. */
const failing = new Set([500, 502, 504])
const firstWaitMs = 200
const namedIgnored = 20

/** A provider that is asked, by its place among the targets. */
type Step = { index: number; request: PreparedRequest }

/**
 * Gets a response: from the first provider, again from it, or from the next one.
 *
 * Only while nothing has gone to the client, and only what is safe to repeat. The same provider is asked again after a
 * connection that could not be made, or a status that says nothing was done (429, 503, 529). Its `Retry-After` is honoured
 * up to `maxWaitMs`; where it asks for more, the next provider is asked, or the response passed on. The next one is asked also
 * after any other failure (500, 502, 504, silence, a cut connection), unless the call may have had an effect besides its
 * response. A provider whose breaker is open is passed over, and so is a fallback that cannot take the request.
 */
export async function callProvider({
  targets,
  prepare,
  first,
  record,
  response,
  format,
  facts,
  createGuard,
  sendHead,
  holdWhole,
  limitBytes,
  maxResponseBytes,
  totalTimeoutMs,
  retries,
  startedAtMs,
  trace,
}: {
  targets: Target[]
  prepare: (target: Target) => PreparedRequest
  /** The request to the first target. */
  first: PreparedRequest
  record: ExchangeRecorder
  response: ServerResponse
  format: WireFormat
  facts: RequestFacts
  createGuard: (() => FrameGuard) | undefined
  sendHead: (status: number, headers: IncomingHttpHeaders) => void
  holdWhole: boolean
  limitBytes: number
  maxResponseBytes: number
  totalTimeoutMs: number
  retries: { count: number; maxWaitMs: number }
  startedAtMs: number
  trace: ExchangeTrace | undefined
}): Promise<ProviderResponse> {
  let call: CallTrace | undefined
  const attempts: Attempt[] = []
  /** Told after the attempt in whose course they turned out. */
  const passedOver: Attempt[] = []
  const mayRepeat = format.isRepeatable
  const deadlineMs = performance.now() + Math.max(totalTimeoutMs, targets[0]!.provider.totalTimeoutMs)

  let current: Step | undefined = { index: 0, request: first }
  while (current) {
    const { index, request } = current as Step
    const { breaker, name } = request.target.provider
    const next = once((): Step | undefined => stepAfter(index))
    if (!breaker.allows()) {
      const error = circuitOpen(name, breaker.waitMs())
      passOver(name, error.code)
      current = next()
      attempts.push(...passedOver.splice(0))
      if (!current) return failed(first, error)
      continue
    }
    for (let tries = 0; ; tries++) {
      const isLastTry = tries >= retries.count
      let waitMs = 0
      const accepts = (status: number, headers: IncomingHttpHeaders) => {
        if (failing.has(status)) return !mayRepeat || !next()
        if (!notProcessed.has(status)) return true
        waitMs = waitBeforeRetry(headers['retry-after'], tries)
        const mayWait = !isLastTry && waitMs <= retries.maxWaitMs
        return !mayWait && !next()
      }
      const answered = await attempt(request, accepts)
      const { relayed } = answered
      reportToBreaker(request.target, relayed)
      const unsent = relayed.end instanceof UpstreamError && relayed.end.code === 'upstream_unreachable'
      const isSilent = relayed.end instanceof UpstreamError && relayed.status === undefined
      const goesOn = isSilent && !unsent && mayRepeat && next() !== undefined
      const isOver = unsent ? isLastTry && !next() : relayed.end !== 'not-wanted' && !goesOn
      attempts.push(...passedOver.splice(0))
      if (isOver) return answered
      if (goesOn) break
      if (isLastTry || waitMs > retries.maxWaitMs || (!unsent && failing.has(relayed.status!))) break
      await pause(unsent ? jittered(firstWaitMs * 2 ** tries) : waitMs)
      if (response.destroyed) return { ...answered, relayed: { ...relayed, end: 'client-left' } }
    }
    current = next()
  }
  return failed(first, new UpstreamError('upstream_unreachable', 'No provider could be asked'))

  /** The next provider that can be asked; those that are left alone or have nothing of the kind are passed over. */
  function stepAfter(index: number): Step | undefined {
    for (const [at, target] of targets.entries()) {
      if (at <= index) continue
      const { breaker, name } = target.provider
      if (breaker.waitMs() > 0) passOver(name, 'upstream_circuit_open')
      else
        try {
          return { index: at, request: prepare(target) }
        } catch (error) {
          if (!(error instanceof Refusal)) throw error
          passOver(name, error.error.code ?? 'refused')
        }
    }
    return undefined
  }

  function passOver(provider: string, error: string): void {
    passedOver.push({ provider, startedAfterMs: sinceMs(startedAtMs), durationMs: 0, error })
  }

  async function attempt(
    request: PreparedRequest,
    accepts: Parameters<typeof relay>[0]['accepts'],
  ): Promise<ProviderResponse> {
    const body = record.openBody()
    const delivered = record.openBody()
    const sentAtMs = performance.now()
    const { translator, target, ignored } = request
    nameIgnored(response, ignored)
    call?.close(undefined)
    call = trace?.call(request, facts.model)
    const relayed = await relay({
      request: call ? continued(request, call) : request,
      response,
      clientFormat: format,
      recorder: body,
      deliveredRecorder: delivered,
      createStreamTranslator:
        translator &&
        (() =>
          translator.createStream({
            createdSeconds: Math.floor(Date.now() / 1_000),
            includeUsage: facts.includeUsage,
            toolNames: request.toolNames,
          })),
      createGuard,
      sendHead,
      accepts,
      holdWhole,
      limitBytes,
      maxResponseBytes,
      totalTimeoutMs: Math.max(1, Math.min(deadlineMs - sentAtMs, target.provider.totalTimeoutMs)),
    })
    call?.ended(relayed)
    attempts.push({
      provider: target.provider.name,
      startedAfterMs: rounded(sentAtMs - startedAtMs),
      durationMs: sinceMs(sentAtMs),
      ...(relayed.status !== undefined && { status: relayed.status }),
      ...(relayed.end instanceof UpstreamError && { error: relayed.end.code }),
    })
    const mediaType = String(relayed.headers['content-type'] ?? 'application/octet-stream')
    return {
      request,
      relayed,
      body: body.finish(mediaType),
      delivered: delivered.bytes() > 0 ? delivered.finish(mediaType) : undefined,
      attempts,
      call,
    }
  }

  function failed(request: PreparedRequest, error: UpstreamError): ProviderResponse {
    call?.close(undefined)
    const relayed: Relayed = {
      end: error,
      status: undefined,
      headers: {},
      stream: false,
      firstByteMs: undefined,
      follower: undefined,
      counter: undefined,
      outline: undefined,
      isMidFrame: false,
      reportsError: false,
      isOvertime: false,
      whole: undefined,
      held: Buffer.alloc(0),
      guard: undefined,
    }
    return {
      request,
      relayed,
      body: record.openBody().finish('application/octet-stream'),
      delivered: undefined,
      attempts,
      call: undefined,
    }
  }
}

/** The client learns which fields mean nothing to the provider, and were left out. */
function nameIgnored(response: ServerResponse, ignored: string[]): void {
  if (response.headersSent) return
  if (ignored.length === 0) response.removeHeader('x-airs-ignored')
  else {
    const rest = ignored.length > namedIgnored ? ` and ${ignored.length - namedIgnored} more` : ''
    response.setHeader('x-airs-ignored', ignored.slice(0, namedIgnored).join(', ') + rest)
  }
}

/** The provider's part of the trace is below ours. */
function continued(request: PreparedRequest, { traceparent }: CallTrace): PreparedRequest {
  return { ...request, headers: { ...request.headers, traceparent } }
}

/** A long response, one that its client does not read, or one too large to be held here tells nothing about the provider. */
function reportToBreaker({ provider: { breaker } }: Target, { end, status, isOvertime }: Relayed): void {
  const isTooLarge = end instanceof UpstreamError && end.code === 'upstream_too_large'
  if (end === 'client-left' || isOvertime || isTooLarge) breaker.abandoned()
  else if (end instanceof UpstreamError || (status !== undefined && status >= 500)) breaker.failed()
  else breaker.succeeded()
}

/** `Retry-After` in seconds or as a date; without one, an exponential wait with jitter. */
function waitBeforeRetry(header: string | string[] | undefined, tries: number): number {
  const value = Array.isArray(header) ? header[0] : header
  if (value === undefined) return jittered(firstWaitMs * 2 ** tries)
  const seconds = Number(value)
  const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - Date.now()
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : jittered(firstWaitMs * 2 ** tries)
}

function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2)
}

function once<Result>(work: () => Result): () => Result {
  let done: { result: Result } | undefined
  return () => {
    done ??= { result: work() }
    return done.result
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function circuitOpen(provider: string, waitMs: number): UpstreamError {
  return new UpstreamError(
    'upstream_circuit_open',
    `Provider ${provider} has failed repeatedly and is left alone for another ${Math.ceil(waitMs / 1_000)} s`,
  )
}

function sinceMs(startMs: number): number {
  return rounded(performance.now() - startMs)
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
