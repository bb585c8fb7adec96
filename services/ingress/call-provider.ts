import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Attempt, RecordedBody } from '@airs-cp/events'
import type { RequestFacts, WireFormat } from '@airs-cp/providers'
import type { Target } from './choose-targets.ts'
import type { FrameGuard } from './guard-frames.ts'
import type { PreparedRequest } from './prepare-request.ts'
import type { ExchangeRecorder } from './recorder.ts'
import { type Relayed, relay } from './relay.ts'
import { UpstreamError } from './upstream-error.ts'

/** Statuses with which a provider says that it has not done anything, and may if asked again. */
const notProcessed = new Set([429, 503, 529])
const firstWaitMs = 200

export type Answered = {
  /** The request that the answer is to. */
  request: PreparedRequest
  relayed: Relayed
  /** The provider's bytes. */
  body: RecordedBody
  /** The client's bytes so far of a stream that was translated or judged on its way. */
  delivered: RecordedBody | undefined
  attempts: Attempt[]
}

/**
 * Gets an answer: from the first provider, again from it, or from the next one.
 *
 * Only while nothing has gone to the client, and only what is safe to repeat: a connection that could not be made, or a
 * status that says nothing was done (429, 503, 529). A provider's `Retry-After` is honoured up to `maxWaitMs`; where it
 * asks for more, the next provider is asked, or the answer passed on. A provider whose breaker is open is passed over.
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
  maxAnswerBytes,
  totalTimeoutMs,
  retries,
  startedAtMs,
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
  maxAnswerBytes: number
  totalTimeoutMs: number
  retries: { count: number; maxWaitMs: number }
  startedAtMs: number
}): Promise<Answered> {
  const attempts: Attempt[] = []
  const deadlineMs = performance.now() + totalTimeoutMs

  for (const [index, target] of targets.entries()) {
    const isLastTarget = index === targets.length - 1
    const { breaker, name } = target.provider
    if (!breaker.allows()) {
      const error = circuitOpen(name, breaker.waitMs())
      attempts.push({
        provider: name,
        startedAfterMs: sinceMs(startedAtMs),
        durationMs: 0,
        error: error.code,
      })
      if (isLastTarget) return failed(first, error)
      continue
    }
    const request = index === 0 ? first : prepare(target)
    for (let tries = 0; ; tries++) {
      const isLastTry = tries >= retries.count
      let waitMs = 0
      const accepts = (status: number, headers: IncomingHttpHeaders) => {
        if (!notProcessed.has(status)) return true
        waitMs = waitBeforeRetry(headers['retry-after'], tries)
        const mayWait = !isLastTry && waitMs <= retries.maxWaitMs
        return isLastTarget && !mayWait
      }
      const answered = await attempt(request, accepts)
      const { relayed } = answered
      tellBreaker(target, relayed)
      const unsent = relayed.end instanceof UpstreamError && relayed.end.code === 'upstream_unreachable'
      if (relayed.end !== 'not-wanted' && !unsent) return answered
      if (unsent && isLastTry && isLastTarget) return answered
      if (isLastTry || waitMs > retries.maxWaitMs) break
      await pause(unsent ? jittered(firstWaitMs * 2 ** tries) : waitMs)
      if (response.destroyed) return { ...answered, relayed: { ...relayed, end: 'client-left' } }
    }
  }
  return failed(first, new UpstreamError('upstream_unreachable', 'No provider could be asked'))

  async function attempt(
    request: PreparedRequest,
    accepts: Parameters<typeof relay>[0]['accepts'],
  ): Promise<Answered> {
    const body = record.openBody()
    const delivered = record.openBody()
    const sentAtMs = performance.now()
    const { translator, target } = request
    const relayed = await relay({
      request,
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
          })),
      createGuard,
      sendHead,
      accepts,
      holdWhole,
      limitBytes,
      maxAnswerBytes,
      totalTimeoutMs: Math.max(1, deadlineMs - sentAtMs),
    })
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
    }
  }

  function failed(request: PreparedRequest, error: UpstreamError): Answered {
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
      isHeldUp: false,
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
    }
  }
}

/** A client that does not read, and an answer too large to be held here, tell nothing about the provider. */
function tellBreaker({ provider: { breaker } }: Target, { end, status, isHeldUp }: Relayed): void {
  const isTooLarge = end instanceof UpstreamError && end.code === 'upstream_too_large'
  if (end === 'client-left' || isHeldUp || isTooLarge) breaker.abandoned()
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
