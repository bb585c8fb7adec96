import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { NextFunction, Request, Response } from 'express'
import type { Metrics } from './metrics.ts'
import { activeTracer } from './telemetry.ts'

const boundariesSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** Makes, per route, what measures its requests and, where telemetry is on, traces them as part of the caller's trace. */
export function createRequestObserver({ meter }: Metrics) {
  const durations = meter.createHistogram('http.server.request.duration', {
    unit: 's',
    description: 'Duration of requests to a control API',
    advice: { explicitBucketBoundaries: boundariesSeconds },
  })
  return (method: string, route: string) => {
    const attributes = { 'http.request.method': method, 'http.route': route }
    return (request: Request, response: Response, next: NextFunction) => {
      const startedAtMs = performance.now()
      const parent = propagation.extract(ROOT_CONTEXT, request.headers)
      const span = activeTracer()?.startSpan(
        `${method} ${route}`,
        { kind: SpanKind.SERVER, attributes },
        parent,
      )
      response.once('close', () => {
        const outcome = { 'http.response.status_code': response.statusCode }
        durations.record((performance.now() - startedAtMs) / 1_000, { ...attributes, ...outcome })
        span?.setAttributes(outcome)
        if (response.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR })
        span?.end()
      })
      if (span) context.with(trace.setSpan(parent, span), next)
      else next()
    }
  }
}
