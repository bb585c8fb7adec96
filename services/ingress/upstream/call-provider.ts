import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Attempt } from '@airs-cp/events'
import { Refusal } from '../admission/refusal.ts'
import type {
  CircuitBreaker,
  PreparedRequest,
  ProviderResponse,
  Relayed,
  Target,
  UpstreamFailure,
} from '../exchange.ts'
import { type AttemptOptions, attemptCall, notAttempted } from './attempt-call.ts'
import { type AttemptEnd, decideRetry, type NextStep } from './decide-retry.ts'
import { UpstreamError } from './upstream-error.ts'

/** A provider that is asked, by its place among the targets. */
type Candidate = { index: number; request: PreparedRequest }

export type CallOptions = AttemptOptions & {
  targets: Target[]
  /** @throws Refusal when a target cannot take the request. */
  prepare: (target: Target) => PreparedRequest
  /** The request to the first target. */
  first: PreparedRequest
  totalTimeoutMs: number
  retries: { count: number; maxWaitMs: number }
}

/**
 * Gets a response: from the first provider, again from it, or from the next one, as `decideRetry` decides. Only while
 * nothing has gone to the client. A provider whose breaker is open is passed over, and so is a fallback that cannot take
 * the request; `attempts` says so.
 */
export async function callProvider(options: CallOptions): Promise<ProviderResponse> {
  const { targets, prepare, first, totalTimeoutMs, retries } = options
  const attempts: Attempt[] = []
  /** Recorded after the attempt in whose course they turned out. */
  const passedOver: Attempt[] = []
  const deadlineMs = performance.now() + Math.max(totalTimeoutMs, targets[0]!.provider.totalTimeoutMs)

  let failure: UpstreamError | undefined
  let current: Candidate | undefined = { index: 0, request: first }
  while (current) {
    const { index, request }: Candidate = current
    const { breaker, name } = request.target.provider
    const next: () => Candidate | undefined = once(() => candidateAfter(index))
    if (breaker.allows()) {
      const received = await ask(request, () => next() !== undefined)
      if (received) return received
    } else {
      failure = circuitOpen(name, breaker.waitMs())
      passOver(name, failure.code)
    }
    current = next()
    attempts.push(...passedOver.splice(0))
  }
  failure ??= new UpstreamError('upstream_unreachable', 'No provider could be asked')
  return notAttempted(first, failure, options, attempts)

  /** Undefined: the next one is to be asked. */
  async function ask(
    request: PreparedRequest,
    hasNext: () => boolean,
  ): Promise<ProviderResponse | undefined> {
    let hasReconnected = false
    for (let tries = 0; ; ) {
      const decide = (attempt: AttemptEnd) =>
        decideRetry(attempt, {
          tries,
          retries,
          hasNext,
          hasReconnected,
          isRepeatable: options.clientFormat.isRepeatable,
          isKeyed: request.headers['idempotency-key'] !== undefined,
          nowMs: Date.now(),
          random: Math.random(),
        })
      let step = { do: 'deliver' } as NextStep
      const accepts = (status: number, headers: IncomingHttpHeaders) => {
        step = decide({ kind: 'status', status, retryAfter: firstOf(headers['retry-after']) })
        return step.do === 'deliver'
      }
      const asked = { request, accepts, deadlineMs, attempts, isNewConnection: hasReconnected }
      const received = await attemptCall(options, asked).catch((error: unknown) => {
        request.target.provider.breaker.abandoned()
        throw error
      })
      const { relayed } = received
      reportTo(request.target.provider.breaker, relayed)
      if (typeof relayed.end === 'object' && relayed.status === undefined)
        step = decide({ kind: endOf(relayed, relayed.end) })
      attempts.push(...passedOver.splice(0))
      if (step.do === 'deliver') return received
      if (step.do === 'retry') {
        tries++
        await pause(step.afterMs, options.response)
      }
      if (step.do === 'reconnect') hasReconnected = true
      if (step.do !== 'next' && options.response.destroyed)
        return { ...received, relayed: { ...relayed, end: 'client-left' } }
      received.call?.close(undefined)
      if (step.do === 'next') return undefined
    }
  }

  /** The next provider that can be asked; those that are left alone or have nothing of the kind are passed over. */
  function candidateAfter(index: number): Candidate | undefined {
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
    const startedAfterMs = Math.round((performance.now() - options.startedAtMs) * 1_000) / 1_000
    passedOver.push({ provider, startedAfterMs, durationMs: 0, error })
  }
}

/**
 * A long response, one that its client does not read, or one too large to be held here says nothing about the provider. One that
 * redirects a request is there.
 */
function reportTo(breaker: CircuitBreaker, { end, status, isOvertime, isStale }: Relayed): void {
  const code = typeof end === 'object' ? end.code : undefined
  const isTooLarge = code === 'upstream_too_large'
  if (end === 'client-left' || isOvertime || isTooLarge || isStale) breaker.abandoned()
  else if (code === 'upstream_redirected') breaker.succeeded()
  else if (code !== undefined || (status !== undefined && status >= 500)) breaker.failed()
  else breaker.succeeded()
}

function endOf({ isStale }: Relayed, { code }: UpstreamFailure): 'unsent' | 'stale' | 'silent' {
  if (code === 'upstream_unreachable') return 'unsent'
  return isStale ? 'stale' : 'silent'
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

function once<Result>(work: () => Result): () => Result {
  let done: { result: Result } | undefined
  return () => {
    done ??= { result: work() }
    return done.result
  }
}

/** Nobody waits for a client that has left. */
async function pause(ms: number, response: ServerResponse): Promise<void> {
  if (response.destroyed) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  response.once('close', resolve)
  await promise
  clearTimeout(timer)
  response.off('close', resolve)
}

function circuitOpen(provider: string, waitMs: number): UpstreamError {
  return new UpstreamError(
    'upstream_circuit_open',
    `Provider ${provider} has failed repeatedly and is left alone for another ${Math.ceil(waitMs / 1_000)} s`,
  )
}
