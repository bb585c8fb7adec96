import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ClientKey, eventTypes } from '@airs-cp/events'
import type { CompiledPolicySet } from '@airs-cp/policy-engine'
import { defaultFormat, modelOfPath, type WireFormat } from '@airs-cp/providers'
import { type Logger, logFailures } from '@airs-cp/runtime'
import { createAdmission } from './admission/admit-client.ts'
import { refuseLoop } from './admission/hops.ts'
import { identify } from './admission/identify.ts'
import type { KeptResponses } from './admission/kept-responses.ts'
import { obeyControls, unguardedBy } from './admission/obey-controls.ts'
import { refuseQuarantined } from './admission/quarantine.ts'
import { readBody, yieldAfter } from './admission/read-body.ts'
import { Refusal, toRefusal } from './admission/refusal.ts'
import type { Room } from './admission/room.ts'
import { understandRequest } from './admission/understand-request.ts'
import type { IngressConfig } from './config.ts'
import type { Controls } from './controls/follow-controls.ts'
import { createRequestDecider, type Deciding, type RequestDecision } from './decision/decide-on-request.ts'
import { createResponseJudge, type ResponseJudge } from './decision/judge-response.ts'
import { type Ending, endingOf } from './delivery/ending-of.ts'
import { blockedRequestEnding, refusedEnding, refusedResponse } from './delivery/refused-ending.ts'
import { headOf, sendRest } from './delivery/response.ts'
import type { Exchange, PreparedRequest, ProviderResponse, Target, Understood } from './exchange.ts'
import { coveredOutcome, deliveredOf, forwardedOf, openingOf, outcomeOf } from './recording/describe.ts'
import type { ExchangeRecorder, Recorder } from './recording/recorder.ts'
import { chooseTargets, possibleProviders } from './routing/choose-targets.ts'
import { laneOf } from './routing/lane-of.ts'
import { listModels, type ModelListing, modelListing, modelListQuery } from './routing/list-models.ts'
import { isPriced } from './routing/price-of.ts'
import type { Providers } from './routing/providers.ts'
import type { IngressMetrics } from './telemetry/metrics.ts'
import { createExchangeTracer, joinTrace, traced } from './telemetry/trace-exchange.ts'
import { callProvider } from './upstream/call-provider.ts'
import { countHere } from './upstream/count-here.ts'
import { clientHeaders, forwardedHeaders } from './upstream/headers.ts'
import { measureResponse } from './upstream/measure-response.ts'
import { prepareRequest } from './upstream/prepare-request.ts'
import { translateResponse } from './upstream/translate-response.ts'
import { withoutOwnAddresses } from './upstream/without-own-addresses.ts'

export type PipelineOptions = Pick<
  IngressConfig,
  | ('tenant' | 'fingerprintKey' | 'recordContent' | 'keys' | 'passedOn' | 'routes' | 'unknownRoutes')
  | ('retries' | 'timeouts' | 'maxBodyBytes' | 'maxJsonValues' | 'maxResponseBytes')
> &
  Deciding & {
    /** Names this process in the hop header. */
    instanceId: string
    providers: Providers
    room: Room
    controls: Pick<Controls, 'mode' | 'policies' | 'keys' | 'quarantine' | 'usage' | 'throttle'>
    keptResponses: KeptResponses
    recorder: Recorder
    metrics: IngressMetrics
    log: Logger
  }

/** A request as it comes in. */
type Arrival = {
  exchange: Exchange
  record: ExchangeRecorder
  request: IncomingMessage
  response: ServerResponse
  format: WireFormat | undefined
  body: Buffer
}

/** One that may go on to policy, with all that decides where it goes. */
type Admitted = Arrival &
  Understood & {
    targets: [Target, ...Target[]]
    key: ClientKey | undefined
    set: CompiledPolicySet
    models: ModelListing | undefined
  }

/**
 * The way of one exchange, top to bottom: identify, understand, admit, decide, record, forward and guard, record, finish.
 * Nothing goes to the provider before the request is recorded, and the last byte of a response does not go to the
 * client before the outcome is. What cannot be recorded is refused; where the response has already begun, the
 * connection is cut, which is the only honest signal left.
 */
export function createPipeline(options: PipelineOptions) {
  const { providers, routes, keptResponses: kept, metrics, log, room } = options
  const admission = createAdmission(options.controls, options.keys)
  const possible = possibleProviders(providers)
  const decideOnRequest = createRequestDecider(options)
  const beginTrace = createExchangeTracer()
  const failures = logFailures(log, 'provider failed', 'provider')

  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = identify(request, options.tenant, options.fingerprintKey)
    exchange.unguarded = unguardedBy(options.controls.mode())
    if (beginTrace) joinTrace(exchange, beginTrace(exchange))
    const known = admission.recognize(request, exchange)
    const record = options.recorder.open(exchange)
    const format = laneOf(exchange, request.headers, options.unknownRoutes)
    const arrival: Arrival = { exchange, record, request, response, format, body: Buffer.alloc(0) }
    const report = (outcome: string, provider: string, status: number) => {
      metrics.exchange(outcome, provider, status, performance.now() - exchange.startedAtMs)
      exchange.trace?.end(outcome, status, format)
    }
    const place = room.open(known !== undefined || !admission.knowsKeys())
    try {
      refuseLoop(exchange, options.instanceId)
      admission.refuseEarly(request, exchange, known, possible(request.headers))
      place.enter(exchange, request.socket.remoteAddress)
      arrival.body = await readBody(request, options.maxBodyBytes, place.lease)
      const admitted = await kept.admit(await admit(arrival))
      const outcome = await exchangeWithModel(admitted)
      report(outcome, admitted.targets[0].provider.name, response.statusCode)
    } catch (error) {
      const refusal = toRefusal(error)
      if (refusal.error.status >= 500) log.warn({ err: error, exchange: exchange.id }, 'exchange refused')
      await refuse(arrival, refusal)
      report('refused', 'none', refusal.error.status)
    } finally {
      place.leave()
    }
  }

  /** @throws Refusal when the request cannot be understood, or may not go on. */
  async function admit(arrival: Arrival): Promise<Admitted> {
    const { exchange, request } = arrival
    const { headers } = request
    const { set, quarantine } = obeyControls(options.controls)
    const understood = await understandRequest(arrival, options.maxJsonValues)
    const { format, facts } = understood
    const model = facts.model ?? modelOfPath(exchange.route.path)
    const findKey = () => admission.findKey(request, exchange)
    const targets = chooseTargets(options, { path: exchange.route.path, format }, headers, model, findKey)
    const key = admission.admit({ ...arrival, ...understood, targets, model, isPriced })
    refuseQuarantined(quarantine, set.mode, exchange)
    const asked = { target: targets[0].provider, isOpen: admission.isOpen() }
    const models = modelListing({ format, providers, routes, ...asked, exchange, headers, key })
    return { ...arrival, ...understood, targets, key, set, models }
  }

  async function exchangeWithModel(admitted: Admitted): Promise<Ending['outcome']> {
    const { exchange, record, response, request, body, targets, set, format, facts } = admitted
    const { headers } = request
    const sent = { headers, forwarded: forwardedHeaders(headers, options.passedOn), body }
    const asked = await traced(exchange, 'decide request', () =>
      decideOnRequest(set, exchange, admitted, targets, sent),
    )
    if (asked.conflict) throw new Refusal(400, 'ambiguous_json', asked.conflict.message, asked.conflict.path)
    const { decision, blockedBy } = asked.evaluation
    const provider = targets[0].provider.name
    const opening = await openingOf(exchange, record.coverBy(asked.cover), request, body, format, facts)
    const block = blockedBy && { exchange, format, opening, provider, decision, blockedBy }
    if (block) return conclude(admitted, blockedRequestEnding(block))

    const first = prepare(admitted, asked, targets[0])
    const forwarded = await forwardedOf(first, record)
    await record.event(eventTypes.requestReceived, { ...opening, provider, decision, ...forwarded })
    exchange.sentTo = provider

    const judge = createResponseJudge(set, format, asked, options.fingerprintKey)
    const received = await forward(admitted, asked, first, judge)
    const measured = await kept.settle(admitted, received, measureResponse(received, admitted, asked.read))
    const outcome = outcomeOf(exchange, received, measured)
    received.call?.close(outcome)
    metrics.received(received, outcome, facts.model)
    if (admitted.key) admission.charge(admitted.key, outcome.usage, outcome.cost?.usdMicros)

    const relayed = translateResponse(received, facts)
    const providerName = received.request.target.provider.name
    failures.ended(providerName, relayed.end, exchange.id)
    const judged =
      relayed.end === 'complete'
        ? await traced(exchange, 'decide response', () => judge.judge(received, relayed))
        : undefined
    const ending = endingOf({
      ...{ exchange, format, relayed, judged, asked: decision, reviewed: asked.review?.() },
      outcome: await coveredOutcome(outcome, received, judged, record, first),
      reportsError: measured.reportsError,
      ...{ provider: providerName, providerStatus: received.relayed.status },
      isHeadSent: response.headersSent,
      delivered: judged && (await deliveredOf(received, relayed, judged, format, record)),
      nowSeconds: Math.floor(Date.now() / 1_000),
    })
    return conclude(admitted, ending)
  }

  /** @throws Refusal when the provider cannot take the request. */
  function prepare(
    { exchange, format, facts, namedModel, documents, body, targets, key, models }: Admitted,
    { redacted, query, headers }: RequestDecision,
    target: Target,
  ): PreparedRequest {
    return prepareRequest({
      ...{ target, format, facts, namedModel, documents, body, redacted, key, headers, first: targets[0] },
      instanceId: options.instanceId,
      passedOn: options.passedOn,
      exchange: { ...exchange, query: models ? modelListQuery(target.provider, query) : query },
    })
  }

  async function forward(
    admitted: Admitted,
    asked: RequestDecision,
    first: PreparedRequest,
    { createGuard, needsWhole }: ResponseJudge,
  ): Promise<ProviderResponse> {
    const { exchange, record, response, format, facts, targets, models } = admitted
    const { startedAtMs, trace } = exchange
    const { action } = asked.evaluation.decision
    if (first.isCountedHere) return countHere(first, admitted, asked.read)
    const withoutAddresses = format.withoutOwnAddresses?.(exchange.route.path)
    const received = await callProvider({
      ...{ targets, first, record, response, facts, startedAtMs, trace, createGuard },
      prepare: (target) => prepare(admitted, asked, target),
      clientFormat: format,
      sendHead: (status, headers) => response.writeHead(status, clientHeaders(headers, exchange, action)),
      holdsWhole: needsWhole || models !== undefined || withoutAddresses !== undefined,
      limitBytes: options.maxBodyBytes,
      maxResponseBytes: options.maxResponseBytes,
      totalTimeoutMs: options.timeouts.totalMs,
      retries: options.retries,
    })
    if (models) return listModels({ received, models, startedAtMs })
    return withoutAddresses ? withoutOwnAddresses(received, withoutAddresses) : received
  }

  /** Records how the exchange ended, and only then lets the client have the rest. @throws when it cannot be recorded. */
  async function conclude({ record, response }: Arrival, ending: Ending): Promise<Ending['outcome']> {
    await record.event(ending.event.type, ending.event.data)
    sendRest(response, ending.response)
    return ending.outcome
  }

  /** One that cannot be recorded has status 503. What fails once the outcome is recorded is no refusal: the client is cut off. */
  async function refuse(arrival: Arrival, refusal: Refusal): Promise<void> {
    const { exchange, record, request, response, body, format } = arrival
    const about = { exchange, format: format ?? defaultFormat, head: headOf(response) }
    const send = (refusal: Refusal) => sendRest(response, refusedResponse({ ...about, refusal }))
    if (record.isEnded()) response.destroy()
    else if (refusal.error.code === 'audit_unavailable') send(refusal)
    else
      try {
        await yieldAfter(body)
        const opening = () => openingOf(exchange, record, request, body, format)
        await conclude(arrival, await refusedEnding({ ...about, opening, refusal }))
      } catch (unrecorded) {
        send(toRefusal(unrecorded))
      }
  }
}
