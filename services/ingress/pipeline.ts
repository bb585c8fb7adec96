import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ClientKey, eventTypes } from '@airs-cp/events'
import {
  type CompiledPolicySet,
  createScanCache,
  createStreamGuard,
  createThrottle,
  type Evaluation,
  type EvaluationContext,
  enforces,
  evaluate,
  type StreamGuard,
  type Subject,
} from '@airs-cp/policy-engine'
import {
  clientCredential,
  defaultFormat,
  formatOfPath,
  type JsonObject,
  modelOfPath,
  replaceTexts,
  type WireFormat,
} from '@airs-cp/providers'
import { activeTracer, type Logger } from '@airs-cp/runtime'
import { createByteBudget } from './admission/byte-budget.ts'
import {
  allowsModel,
  type ClientKeys,
  createKeyAccounts,
  identifyKey,
  isGenerated,
} from './admission/client-keys.ts'
import { createExchangeLimits } from './admission/exchange-limits.ts'
import { refuseLoop } from './admission/hops.ts'
import { identify } from './admission/identify.ts'
import { hasMoreValuesThan } from './admission/json-values.ts'
import { type Quarantine, refuseQuarantined } from './admission/quarantine.ts'
import { readBody } from './admission/read-body.ts'
import { Refusal, toRefusal } from './admission/refusal.ts'
import type { ActivePolicy } from './decision/active-policy.ts'
import { type DecidedResponse, decideOnResponse } from './decision/decide-on-response.ts'
import type { Published } from './decision/follow-published.ts'
import { createFrameGuard } from './decision/guard-frames.ts'
import { contextOf, subjectOf } from './decision/policy-inputs.ts'
import { createRestoringFilter, restoreResponse, type StreamFilter } from './decision/restore-response.ts'
import type { Change, Exchange, Outcome, ProviderResponse, Relayed, Target, Understood } from './exchange.ts'
import { forwardedOf, openingOf, outcomeOf } from './recording/describe.ts'
import type { ExchangeRecorder, Recorder } from './recording/recorder.ts'
import { blockedError, endAsReceived, endBlocked, endFailed, endRewritten, sendError } from './respond.ts'
import { chooseListTarget, chooseTargets } from './routing/choose-targets.ts'
import { listModels, type ModelListing, modelListing, modelListQuery } from './routing/list-models.ts'
import { isPriced } from './routing/price-of.ts'
import type { Route } from './routing/provider-settings.ts'
import type { Providers } from './routing/providers.ts'
import type { IngressMetrics } from './telemetry/metrics.ts'
import { createExchangeTracer, joinTrace, traced } from './telemetry/trace-exchange.ts'
import { isPacked } from './upstream/body-decoder.ts'
import { callProvider } from './upstream/call-provider.ts'
import { clientHeaders } from './upstream/headers.ts'
import { measureResponse } from './upstream/measure-response.ts'
import { prepareRequest } from './upstream/prepare-request.ts'
import { translateResponse } from './upstream/translate-response.ts'

export type PipelineOptions = {
  tenant: string
  /** Names this process in the hop header. */
  instanceId: string
  fingerprintKey: string
  maxBodyBytes: number
  maxBytesInFlight: number
  maxExchanges: { total: number; perClient: number }
  maxJsonValues: number
  maxResponseBytes: number
  timeouts: { totalMs: number }
  retries: { count: number; maxWaitMs: number }
  providers: Providers
  routes: Route[]
  policy: ActivePolicy
  clientKeys: Published<ClientKeys>
  quarantine: Published<Quarantine>
  /** Whether a server-side credential may be used without a client key, as long as there are none. */
  isOpen: boolean
  recorder: Recorder
  metrics: IngressMetrics
  log: Logger
}

/** For the providers beside the default one: a slow one is left out of a list of models. */
const modelListTimeoutMs = 5_000

/** An exchange on its way, as far as it is known before policy decides. */
type Way = Understood & {
  exchange: Exchange
  record: ExchangeRecorder
  request: IncomingMessage
  response: ServerResponse
  body: Buffer
  targets: [Target, ...Target[]]
  key: ClientKey | undefined
  set: CompiledPolicySet
}

/**
 * The way of one exchange, top to bottom: identify, understand, decide, record, forward and guard, record, finish.
 *
 * Nothing goes to the provider before the request is recorded, and the last byte of a response does not go to the
 * client before the outcome is. What cannot be recorded is refused; where the response has already begun, the
 * connection is cut, which is the only honest signal left.
 */
export function createPipeline(options: PipelineOptions) {
  const { providers, routes, policy, metrics, log } = options
  const accounts = createKeyAccounts()
  const budget = createByteBudget(options.maxBytesInFlight)
  const exchangeLimits = createExchangeLimits(options.maxExchanges)
  const cache = createScanCache(options.fingerprintKey)
  const throttle = createThrottle(Date.now)
  const tracer = activeTracer()
  const beginTrace = tracer && createExchangeTracer(tracer)

  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = identify(request, options.tenant, options.fingerprintKey)
    if (beginTrace) joinTrace(exchange, beginTrace(exchange))
    const record = options.recorder.open(exchange)
    const format = formatOfPath(exchange.method, exchange.path)
    let body: Buffer = Buffer.alloc(0)
    const lease = budget.open(
      !options.clientKeys.current()?.count || findKey(request, exchange) !== undefined,
    )
    let leave: (() => void) | undefined
    try {
      refuseLoop(exchange, options.instanceId)
      leave = exchangeLimits.enter(exchange, request.socket.remoteAddress)
      body = await readBody(request, options.maxBodyBytes, lease)
      refusePacked(request)
      refuseForm(request)
      if (hasMoreValuesThan(options.maxJsonValues, body)) throw tooManyValues(options.maxJsonValues)
      const understood = understand(exchange, format, body)
      const model = understood.facts.model ?? modelOfPath(exchange.path)
      const header = providerHeader(request)
      const targets =
        exchange.path === '/v1/models' && header === undefined
          ? chooseListTarget(providers, findKey(request, exchange))
          : chooseTargets(providers, routes, model, header)
      const key = admitKey(request, exchange, targets, model)
      const set = policy.current()
      if (!set)
        throw new Refusal(
          503,
          'policy_unavailable',
          'No policy set has reached this ingress yet; try again shortly',
        )
      refuseQuarantined(options.quarantine.current(), set.mode, exchange)
      const way = { exchange, record, request, response, body, targets, key, set, ...understood }
      const outcome = await exchangeWithModel(way)
      const provider = targets[0].provider.name
      metrics.exchange(outcome, provider, response.statusCode, performance.now() - exchange.startedAtMs)
      exchange.trace?.end(outcome, response.statusCode, format)
    } catch (error) {
      const refusal = toRefusal(error)
      if (refusal.error.status >= 500) log.warn({ err: error, exchange: exchange.id }, 'exchange refused')
      await refuse(exchange, record, request, response, format, body, refusal)
      metrics.exchange('refused', 'none', refusal.error.status, performance.now() - exchange.startedAtMs)
      exchange.trace?.end('refused', refusal.error.status, format)
    } finally {
      leave?.()
      lease.release()
    }
  }

  function findKey(request: IncomingMessage, { credential }: Exchange): ClientKey | undefined {
    const secret = clientCredential(request.headers as Record<string, string>)
    return options.clientKeys.current()?.find(secret, credential?.fingerprint)
  }

  /** @throws Refusal when the exchange needs a client key that is not there, or that does not allow it. */
  function admitKey(
    request: IncomingMessage,
    exchange: Exchange,
    targets: Target[],
    model: string | undefined,
  ): ClientKey | undefined {
    const keys = options.clientKeys.current()
    const isOpen = options.isOpen && !keys?.count
    const requiresKey = !isOpen && targets.some(({ provider }) => provider.config.apiKey !== undefined)
    const credential = clientCredential(request.headers as Record<string, string>)
    const key = identifyKey(keys, credential, exchange, requiresKey)
    if (!key) return undefined
    exchange.key = { id: key.keyId, name: key.name }
    const stranded =
      isGenerated(key) &&
      targets.find(({ provider: { config } }) => !config.apiKey && !['mock', 'ollama'].includes(config.kind))
    if (stranded)
      throw new Refusal(
        400,
        'no_server_credential',
        `Provider ${stranded.provider.name} has no credential here, and client key "${key.name}" means nothing to it; configure one, or send the provider's own key`,
      )
    accounts.admit(key, {
      model,
      providers: targets.map(({ provider }) => provider.name),
      isModelList: exchange.path === '/v1/models',
      isUnpriced:
        exchange.method === 'POST' &&
        model !== undefined &&
        targets.some((target) => !isPriced(target.provider.config, target.model ?? model)),
    })
    return key
  }

  async function exchangeWithModel(way: Way): Promise<string> {
    const { exchange, record, request, response, body, targets, set, format, facts, json } = way
    const subject = subjectOf(
      exchange,
      facts,
      targets.map(({ provider }) => provider.name),
    )
    const texts = json ? format.requestTexts(json) : []
    const provider = targets[0].provider.name
    const context = contextOf({ exchange, format, facts, json, texts, cache, throttle })
    const asked = traced(exchange, 'decide request', () =>
      evaluate(set, 'request', subject, texts, options.fingerprintKey, context),
    )
    const opening = openingOf(exchange, record, request, body, format, facts)
    if (asked.blockedBy) {
      const error = blockedError(asked.blockedBy)
      const { status } = error
      await record.event(eventTypes.requestBlocked, {
        ...opening,
        provider,
        decision: asked.decision,
        status,
      })
      const { action, retryAfterSeconds } = asked.blockedBy
      sendError(response, exchange, format, error, action, retryAfterSeconds)
      return 'request-blocked'
    }

    const redacted = asked.edits.length > 0 ? JSON.stringify(replaceTexts(json!, asked.edits)) : undefined
    const models = modelListingOf(way)
    const prepare = (target: Target) =>
      prepareRequest({
        target,
        exchange: models ? { ...exchange, query: modelListQuery(target.provider) } : exchange,
        format,
        facts,
        headers: request.headers,
        body,
        redacted,
        instanceId: options.instanceId,
        withholdsCredential: withholdsCredential(target, targets[0], way.key),
      })
    const first = prepare(targets[0])
    await record.event(eventTypes.requestReceived, {
      ...opening,
      provider,
      decision: asked.decision,
      ...forwardedOf(first, record),
    })

    const holds = enforces(set, 'response', subject)
    const guard =
      holds && format.streamsText
        ? createStreamGuard(set, subject, options.fingerprintKey, context)
        : undefined
    const { restorations } = asked
    const filter = streamFilterOf(format, restorations, guard, holds)
    const called = await callProvider({
      targets,
      prepare,
      first,
      record,
      response,
      format,
      facts,
      sendHead: (status, headers) =>
        response.writeHead(status, clientHeaders(headers, exchange, asked.decision.action)),
      createGuard: filter && (() => createFrameGuard(format, filter)),
      holdWhole: ((holds || restorations.size > 0) && !filter) || models !== undefined,
      limitBytes: options.maxBodyBytes,
      maxResponseBytes: options.maxResponseBytes,
      totalTimeoutMs: options.timeouts.totalMs,
      retries: options.retries,
      startedAtMs: exchange.startedAtMs,
      trace: exchange.trace,
    })
    const answered = !models
      ? called
      : await listModels({
          answered: called,
          models,
          startedAtMs: exchange.startedAtMs,
          timeoutMs: modelListTimeoutMs,
        })
    const measured = measureResponse(answered, facts, () => texts)
    const outcome = outcomeOf(exchange, answered, measured)
    answered.call?.close(outcome)
    metrics.answered(answered, outcome)
    if (way.key) accounts.charge(way.key.keyId, outcome.usage, outcome.cost?.usdMicros)
    const relayed = translateResponse(answered, facts)
    return finish({
      ...way,
      answered,
      relayed,
      outcome,
      reportsError: measured.reportsError,
      guard,
      filter,
      asked,
      subject,
      context,
    })
  }

  /** Providers whose credentials the client may not use are not asked, and one that it names is asked alone. */
  function modelListingOf({ exchange, format, request, key, targets }: Way): ModelListing | undefined {
    if (!format.listsModels) return undefined
    const isOpen = options.isOpen && !options.clientKeys.current()?.count
    return modelListing({
      providers,
      routes,
      target: targets[0].provider,
      isOne: exchange.path !== '/v1/models',
      isNamed: providerHeader(request) !== undefined,
      isAnthropicClient: request.headers['anthropic-version'] !== undefined,
      mayUse: (name) => (key ? (key.limits.providers?.includes(name) ?? true) : isOpen),
      allows: key?.limits.models && ((model) => allowsModel(key, model)),
    })
  }

  async function finish(
    end: Way & {
      answered: ProviderResponse
      relayed: Relayed
      outcome: Outcome
      reportsError: boolean
      guard: StreamGuard | undefined
      filter: StreamFilter | undefined
      asked: Evaluation
      subject: Subject
      context: EvaluationContext
    },
  ): Promise<string> {
    const { exchange, record, response, format, answered, relayed, outcome, guard, set } = end
    const { decision: asked, restorations } = end.asked
    const provider = answered.request.target.provider
    if (relayed.end === 'client-left') {
      await record.event(eventTypes.responseAborted, { ...outcome, status: relayed.status ?? 499 })
      return 'aborted'
    }
    if (typeof relayed.end === 'object') {
      const status = response.headersSent ? relayed.status! : relayed.end.status
      const { code, message } = relayed.end
      log.warn({ err: relayed.end, exchange: exchange.id, provider: provider.name }, 'provider failed')
      await recordOrCut(
        response,
        record.event(eventTypes.responseFailed, { ...outcome, status, error: { code, message } }),
      )
      endFailed(response, exchange, format, relayed, relayed.end, asked)
      return 'failed'
    }
    const status = relayed.status!
    if (status >= 400) {
      const error = {
        code: 'upstream_status',
        message: `Provider ${provider.name} responded with status ${answered.relayed.status}`,
      }
      await recordOrCut(response, record.event(eventTypes.responseFailed, { ...outcome, status, error }))
      endAsReceived(response, exchange, relayed, asked)
      return 'failed'
    }
    const decided = traced(exchange, 'decide response', () =>
      decideOnResponse({
        set,
        subject: end.subject,
        context: end.context,
        format,
        relayed,
        recorded:
          !guard && end.filter && !answered.request.translator
            ? outcome.body
            : (answered.delivered ?? outcome.body),
        guard,
        digestKey: options.fingerprintKey,
      }),
    )
    const { decision } = decided.evaluation
    if (decided.blockedMessage !== undefined) {
      await recordOrCut(
        response,
        record.event(eventTypes.responseBlocked, {
          ...outcome,
          status: relayed.stream ? status : 403,
          decision,
        }),
      )
      endBlocked(response, exchange, format, relayed, decided.blockedMessage, decision)
      return 'response-blocked'
    }
    const restored =
      restorations.size > 0 && relayed.whole
        ? restoreResponse(format, relayed, decided.rewritten ?? relayed.whole, restorations)
        : undefined
    const rewritten = restored ?? decided.rewritten
    const changes = changesOf(
      answered,
      relayed,
      decided,
      restored !== undefined || end.filter?.hasRestored() === true,
    )
    const delivered = deliveredOf(answered, relayed, rewritten, changes, record)
    const ended = { ...outcome, status, decision, ...delivered }
    const error = {
      code: 'upstream_error',
      message: `Provider ${provider.name} reported an error under status ${answered.relayed.status}`,
    }
    await recordOrCut(
      response,
      end.reportsError
        ? record.event(eventTypes.responseFailed, { ...ended, error })
        : record.event(eventTypes.responseCompleted, ended),
    )
    if (rewritten) endRewritten(response, exchange, relayed, rewritten)
    else endAsReceived(response, exchange, relayed, asked)
    return end.reportsError ? 'failed' : 'completed'
  }
}

/**
 * A client's credential is for the provider that it means: a fallback elsewhere gets none, and no provider gets a key that
 * was generated here.
 */
function withholdsCredential(target: Target, first: Target, key: ClientKey | undefined): boolean {
  if (key && isGenerated(key)) return true
  const originOf = ({ provider }: Target) => new URL(provider.config.baseUrl).origin
  return target !== first && originOf(target) !== originOf(first)
}

/** @throws Refusal when the body is packed: what cannot be read cannot be decided on. */
function refusePacked({ headers }: IncomingMessage): void {
  const encoding = headers['content-encoding']
  if (isPacked(encoding))
    throw new Refusal(
      415,
      'unsupported_encoding',
      `The request body has Content-Encoding ${encoding.slice(0, 64)}; send it as it is`,
    )
}

/**
 * @throws Refusal when the body is a form or plain text: those are what a page of another site can send without being asked,
 * and no client of these APIs sends them.
 */
function refuseForm({ headers }: IncomingMessage): void {
  const type = headers['content-type']
  if (type !== undefined && /^\s*(?:text\/plain|application\/x-www-form-urlencoded)/i.test(type))
    throw new Refusal(
      415,
      'unsupported_media_type',
      `The request body has Content-Type ${type.slice(0, 64)}; send JSON with Content-Type: application/json`,
    )
}

function tooManyValues(limit: number): Refusal {
  return new Refusal(
    413,
    'too_many_values',
    `The request body has more than ${limit} JSON values (AIRS_MAX_JSON_VALUES)`,
  )
}

/** @throws Refusal when this is no request that could be forwarded. */
function understand(exchange: Exchange, format: WireFormat | undefined, body: Buffer): Understood {
  if (!format)
    throw new Refusal(
      404,
      'unknown_url',
      `Unknown request URL: ${exchange.method} ${exchange.path}. AIRS-CP serves POST /v1/chat/completions, POST /v1/completions and GET /v1/models, among others`,
    )
  let json: unknown
  if (exchange.method === 'POST' && body.length > 0) {
    try {
      json = JSON.parse(body.toString('utf8'))
    } catch (error) {
      throw new Refusal(
        400,
        'invalid_json',
        `The request body is not valid JSON: ${(error as Error).message}`,
      )
    }
  }
  const facts = format.readRequest(json)
  if ('problem' in facts)
    throw new Refusal(400, facts.problem.code, facts.problem.message, facts.problem.param)
  return { format, facts, json: json as JsonObject | undefined }
}

function providerHeader(request: IncomingMessage): string | undefined {
  const header = request.headers['x-airs-provider']
  return header === undefined ? undefined : String(header)
}

/**
 * What a stream passes through on its way; nothing where it may pass as it is, and where it is held whole because policy can only
 * judge it so.
 */
function streamFilterOf(
  format: WireFormat,
  restorations: ReadonlyMap<string, string>,
  guard: StreamGuard | undefined,
  holds: boolean,
): StreamFilter | undefined {
  if (!format.streamsText || (holds && !guard)) return undefined
  if (restorations.size > 0) return createRestoringFilter(format, restorations, guard)
  return guard && { ...guard, hasRestored: () => false }
}

/** In which respects the client gets what the provider did not send. */
function changesOf(
  { request }: ProviderResponse,
  { guard }: Relayed,
  { rewritten, evaluation }: DecidedResponse,
  isRestored: boolean,
): Change[] {
  const isRedacted = rewritten !== undefined || evaluation.decision.action === 'redact'
  return [
    ...(request.translator ? (['translated'] as const) : []),
    ...(isRedacted ? (['redacted'] as const) : []),
    ...(isRestored ? (['restored'] as const) : []),
    ...(guard?.hasChanged() && !isRedacted && !isRestored ? (['reframed'] as const) : []),
  ]
}

/** What the client gets, where that is not what the provider sent. */
function deliveredOf(
  answered: ProviderResponse,
  relayed: Relayed,
  rewritten: Buffer | undefined,
  changes: Change[],
  record: ExchangeRecorder,
) {
  if (changes.length === 0) return {}
  const mediaType = relayed.stream ? 'text/event-stream' : 'application/json'
  const body = rewritten
    ? record.body(rewritten, mediaType)
    : (answered.delivered ?? record.body(relayed.whole!, mediaType))
  return { delivered: { body, changes } }
}

/** Tells the client, after recording that it was told. Where that cannot be recorded either, the telling is a 503. */
async function refuse(
  exchange: Exchange,
  record: ExchangeRecorder,
  request: IncomingMessage,
  response: ServerResponse,
  format: WireFormat | undefined,
  body: Buffer,
  { error, retryAfterSeconds }: Refusal,
): Promise<void> {
  let told = error
  if (error.code !== 'audit_unavailable' && !response.headersSent)
    try {
      await record.event(eventTypes.requestRejected, {
        ...openingOf(exchange, record, request, body, format, { model: undefined, stream: false }),
        status: error.status,
        error: { code: error.code ?? 'error', message: error.message },
      })
    } catch (unrecorded) {
      told = toRefusal(unrecorded).error
    }
  if (response.headersSent) response.destroy()
  else {
    if (retryAfterSeconds !== undefined) response.setHeader('retry-after', retryAfterSeconds)
    sendError(response, exchange, format ?? defaultFormat, told, 'refused')
  }
}

/** When an outcome cannot be recorded and the response has begun, the connection is cut; otherwise the error goes up. */
async function recordOrCut(response: ServerResponse, recorded: Promise<void>): Promise<void> {
  try {
    await recorded
  } catch (error) {
    if (response.headersSent) response.destroy()
    throw error
  }
}
