import {
  type Attributes,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'

type Traced = { id: string; type: string; exchange?: string | undefined; traceparent?: string | undefined }

/** Ends with the flags of which the lowest bit says that somebody records this trace. */
const sampled = /-[0-9a-f][13579bdf]$/

/** What OpenTelemetry calls a stream and what is done with it. */
function messagingAttributes(stream: string, operation: 'send' | 'process', name: string): Attributes {
  return {
    'messaging.system.name': 'nats',
    'messaging.destination.name': stream,
    'messaging.operation.type': operation,
    'messaging.operation.name': name,
  }
}

/**
 * Notes in the trace of each event that a projection has applied it, or could not. Events without a sampled trace cost a
 * look at one attribute.
 */
export function traceApplied(
  projection: { name: string; stream: { name: string } },
  events: readonly Traced[],
  startedAtMs: number,
  failed: ReadonlySet<string>,
): void {
  const endedAtMs = Date.now()
  for (const { id, type, exchange, traceparent } of events) {
    if (!traceparent || !sampled.test(traceparent)) continue
    const span = trace.getTracer('airs').startSpan(
      `process ${projection.name}`,
      {
        kind: SpanKind.CONSUMER,
        startTime: startedAtMs,
        attributes: {
          ...messagingAttributes(projection.stream.name, 'process', 'apply'),
          'messaging.consumer.group.name': projection.name,
          'messaging.message.id': id,
          'messaging.batch.message_count': events.length,
          'airs.event.type': type,
          ...(exchange !== undefined && { 'airs.exchange.id': exchange }),
        },
      },
      propagation.extract(ROOT_CONTEXT, { traceparent }),
    )
    if (failed.has(id))
      span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', 'dead_letter')
    span.end(endedAtMs)
  }
}

const traceparentIn = /"traceparent":"(00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})"/
/** An event's attributes come first, and are shorter than this. */
const attributesBytes = 1_024

/** Begins the span of a send, for an event in the bytes that it was recorded in; undefined where nobody records its trace. */
export function traceSend(stream: string, id: string, event: Uint8Array): (() => void) | undefined {
  const head = Buffer.from(event.buffer, event.byteOffset, Math.min(event.length, attributesBytes)).toString(
    'latin1',
  )
  const traceparent = traceparentIn.exec(head)?.[1]
  if (!traceparent || !sampled.test(traceparent)) return undefined
  const span = trace.getTracer('airs').startSpan(
    `send ${stream}`,
    {
      kind: SpanKind.PRODUCER,
      attributes: {
        ...messagingAttributes(stream, 'send', 'publish'),
        'messaging.message.id': id,
        'messaging.message.body.size': event.length,
      },
    },
    propagation.extract(ROOT_CONTEXT, { traceparent }),
  )
  return () => span.end()
}
