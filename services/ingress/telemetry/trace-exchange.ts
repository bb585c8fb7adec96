import { activeTracer } from '@airs-cp/runtime'
import {
  type Attributes,
  type Context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { CallTrace, Exchange, ExchangeTrace, PreparedRequest, Relayed } from '../exchange.ts'
import { errorTypeOf, genAiRequest, genAiResponse } from './gen-ai-attributes.ts'

/** Begins the trace of exchanges, each a part of its client's; undefined where nothing is traced. */
export function createExchangeTracer(): ((exchange: Exchange) => ExchangeTrace) | undefined {
  const tracer = activeTracer()
  if (!tracer) return undefined
  return (exchange) => {
    const span = tracer.startSpan(
      exchange.method,
      { kind: SpanKind.SERVER, attributes: attributesOf(exchange) },
      propagation.extract(ROOT_CONTEXT, exchange),
    )
    const context = trace.setSpan(ROOT_CONTEXT, span)
    if (!span.isRecording()) return unrecorded(traceparentOf(context))
    return {
      traceparent: traceparentOf(context),
      step: (name, work, attributes) => step(tracer, context, name, work, attributes),
      call: (request, model) => startCall(tracer, context, request, model, exchange.session),
      end(outcome, status, format) {
        const route = format && routeOf(exchange.route.path)
        if (route) span.updateName(`${exchange.method} ${route}`)
        span.setAttributes({
          'http.response.status_code': status,
          'airs.outcome': outcome,
          'gen_ai.conversation.id': exchange.session,
          ...(route && { 'http.route': route, 'airs.format': format.id }),
        })
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
        span.end()
      },
    }
  }
}

/** Of an exchange that was not sampled: it is passed on that nobody records it, and nothing more is done. */
function unrecorded(traceparent: string): ExchangeTrace {
  const call: CallTrace = { traceparent, ended() {}, close() {} }
  return { traceparent, step: (_name, work) => work(), call: () => call, end() {} }
}

function traceparentOf(context: Context): string {
  const carrier = { traceparent: '' }
  propagation.inject(context, carrier)
  return carrier.traceparent
}

/** Makes an exchange part of its trace: whatever it records from here on is too. */
export function joinTrace(exchange: Exchange, begun: ExchangeTrace): void {
  exchange.trace = begun
  exchange.traceparent = begun.traceparent
}

export function traced<Result>({ trace }: Exchange, name: string, work: () => Result): Result {
  return trace ? trace.step(name, work) : work()
}

/** A path that names a model stands for all of them. */
function routeOf(path: string): string {
  return path.startsWith('/v1/models/') ? '/v1/models/{model}' : path
}

const maxCharacters = 256

function attributesOf({ id, tenant, method, agent }: Exchange): Attributes {
  return {
    'http.request.method': method,
    'airs.exchange.id': id,
    'airs.tenant': tenant,
    ...(agent !== undefined && { 'gen_ai.agent.name': agent.slice(0, maxCharacters) }),
  }
}

function step<Result>(
  tracer: Tracer,
  context: Context,
  name: string,
  work: () => Result,
  attributes?: Attributes,
): Result {
  const span = tracer.startSpan(name, { ...(attributes && { attributes }) }, context)
  const fail = (error: unknown) => {
    span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown')
    span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
    throw error
  }
  let result: Result
  try {
    result = work()
  } catch (error) {
    return fail(error)
  }
  if (!(result instanceof Promise)) {
    span.end()
    return result
  }
  return result.then((value) => {
    span.end()
    return value
  }, fail) as Result
}

function startCall(
  tracer: Tracer,
  context: Context,
  request: PreparedRequest,
  model: string | undefined,
  session: string,
): CallTrace {
  const { name, attributes } = genAiRequest(request, model, session)
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, context)
  let endedAt: Date | undefined
  return {
    traceparent: traceparentOf(trace.setSpan(ROOT_CONTEXT, span)),
    ended(relayed) {
      endedAt = new Date()
      describeEnd(span, relayed)
    },
    close(outcome) {
      if (outcome) span.setAttributes(genAiResponse(outcome))
      span.end(endedAt)
    },
  }
}

function describeEnd(span: Span, relayed: Relayed): void {
  const { status, firstByteMs, stream } = relayed
  if (status !== undefined) span.setAttribute('http.response.status_code', status)
  if (stream && firstByteMs !== undefined)
    span.setAttribute('gen_ai.response.time_to_first_chunk', firstByteMs / 1_000)
  const type = errorTypeOf(relayed)
  if (type === undefined) return
  span.setAttribute('error.type', type)
  span.setStatus({ code: SpanStatusCode.ERROR })
}
