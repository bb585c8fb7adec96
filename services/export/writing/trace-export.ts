import {
  context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { type Kysely, sql } from 'kysely'
import { findExport } from '../exports.ts'
import type { ExportJob } from '../queue.ts'
import type { ExportTables } from '../tables.ts'

/** So many of the exported exchanges are reported in their own traces that they were exported. */
const notedTraces = 128

/**
 * Runs an export as a part of the trace that it was asked for in, and notes in the traces of the newest exchanges that it
 * took along that it did. Without telemetry it just runs it.
 */
export async function traceExport(
  database: Kysely<ExportTables>,
  { exportId, traceparent }: ExportJob,
  work: () => Promise<void>,
): Promise<void> {
  const parent = propagation.extract(ROOT_CONTEXT, { traceparent })
  const span = trace
    .getTracer('airs')
    .startSpan('export', { kind: SpanKind.CONSUMER, attributes: { 'airs.export.id': exportId } }, parent)
  if (!span.isRecording()) return work()
  try {
    await context.with(trace.setSpan(parent, span), work)
    await noteExported(database, exportId, span)
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR })
    span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown')
    throw error
  } finally {
    span.end()
  }
}

async function noteExported(database: Kysely<ExportTables>, exportId: string, span: Span): Promise<void> {
  const { from, until } = (await findExport(database, exportId)) ?? {}
  const { rows } = await sql<{ event: string }>`
    select event from audit.recorded_events
    where time >= ${from ?? '-infinity'}::timestamptz and time < ${until ?? 'infinity'}::timestamptz
    order by time desc limit ${sql.lit(8 * notedTraces)}`.execute(database)
  const traces = new Map<string, string>()
  for (const { event } of rows) {
    const found = /"traceparent":"(00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f][13579bdf])"/.exec(
      event.slice(0, 1_024),
    )
    if (found && traces.size < notedTraces && !traces.has(found[2]!)) traces.set(found[2]!, found[1]!)
  }
  const links: Link[] = [{ context: span.spanContext() }]
  for (const traceparent of traces.values())
    trace
      .getTracer('airs')
      .startSpan(
        'exported',
        { links, attributes: { 'airs.export.id': exportId } },
        propagation.extract(ROOT_CONTEXT, { traceparent }),
      )
      .end()
}
