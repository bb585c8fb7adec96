import { context, DiagLogLevel, diag, propagation, type Tracer, trace } from '@opentelemetry/api'
import type { IMetricReader, MetricProducer } from '@opentelemetry/sdk-metrics'
import type { Logger } from './log.ts'
import { resourceOf } from './resource.ts'
import { readTelemetryConfig, type TelemetryConfig } from './telemetry-config.ts'
import { logTrouble } from './trouble.ts'

export type Telemetry = {
  /** Sends what is left, within a time limit. */
  close(): Promise<void>
}

const closeMs = 3_000
const quietMs = 60_000
const off: Telemetry = { close: async () => {} }

let tracer: Tracer | undefined
let metricReader: ((producers: MetricProducer[]) => IMetricReader) | undefined

/** The tracer, where OTEL_* says that there are traces; undefined costs nothing on the way of an exchange. */
export function activeTracer(): Tracer | undefined {
  return tracer
}

/** Readers for every meter provider of this process, beside the one that Prometheus asks. */
export function activeMetricReaders(producers: MetricProducer[]): IMetricReader[] {
  return metricReader ? [metricReader(producers)] : []
}

/**
 * Starts the export of traces and metrics over OTLP (http/protobuf), as OpenTelemetry's own variables say; without an
 * endpoint nothing is loaded. What cannot be sent is dropped: telemetry holds up nothing.
 * @throws ConfigError when a variable asks for what there is not.
 */
export async function startTelemetry(
  service: string,
  env: NodeJS.ProcessEnv,
  log: Logger,
): Promise<Telemetry> {
  const config = readTelemetryConfig(env)
  const closers: (() => Promise<void>)[] = []
  const watch = watchExports(log)
  if (config.traces) closers.push(await startTraces(service, env, config, watch))
  if (config.metrics) closers.push(await startMetrics(config, watch))
  if (closers.length === 0) return off
  return {
    async close() {
      const limit = new Promise<void>((resolve) => setTimeout(resolve, closeMs).unref())
      await Promise.race([Promise.allSettled(closers.map((close) => close())), limit])
    },
  }
}

async function startTraces(
  service: string,
  env: NodeJS.ProcessEnv,
  { sampler, batch }: TelemetryConfig,
  watch: Watch,
): Promise<() => Promise<void>> {
  const sdk = await import('@opentelemetry/sdk-trace')
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto')
  const { W3CTraceContextPropagator } = await import('@opentelemetry/core')
  const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks')
  const samplers = {
    always_on: () => new sdk.AlwaysOnSampler(),
    always_off: () => new sdk.AlwaysOffSampler(),
    traceidratio: () => new sdk.TraceIdRatioBasedSampler(sampler.ratio),
  }
  const root = samplers[sampler.root]()
  const provider = new sdk.TracerProvider({
    resource: resourceOf(service, env),
    sampler: sampler.parentBased ? new sdk.ParentBasedSampler({ root }) : root,
    spanProcessors: [
      new sdk.BatchSpanProcessor({ exporter: watch('traces', new OTLPTraceExporter()), ...batch }),
    ],
  })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  tracer = provider.getTracer('airs')
  return () => provider.shutdown()
}

async function startMetrics(
  { metricIntervalMs }: TelemetryConfig,
  watch: Watch,
): Promise<() => Promise<void>> {
  const { PeriodicExportingMetricReader } = await import('@opentelemetry/sdk-metrics')
  const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto')
  const readers: IMetricReader[] = []
  metricReader = (metricProducers) => {
    const reader = new PeriodicExportingMetricReader({
      exporter: watch('metrics', new OTLPMetricExporter()),
      exportIntervalMillis: metricIntervalMs,
      metricProducers,
    })
    readers.push(reader)
    return reader
  }
  return async () => {
    await Promise.all(readers.map((reader) => reader.shutdown()))
  }
}

type Exporter<Items> = { export(items: Items, done: (result: ExportResult) => void): void }
type ExportResult = { code: number; error?: Error }
type Watch = <Items, E extends Exporter<Items>>(signal: string, exporter: E & Exporter<Items>) => E

const problem = 'telemetry cannot be sent'

/**
 * Logs when traces or metrics cannot be sent, now and then while that lasts, and when they can again. What else OpenTelemetry has to say
 * (spans that are dropped) is logged once a minute; of a batch that cannot be sent it says the same once more.
 */
export function watchExports(log: Logger): Watch {
  const failing = new Set<string>()
  let reportedAtMs = Number.NEGATIVE_INFINITY
  const report = (said: string) => {
    if (failing.size > 0 || performance.now() - reportedAtMs < quietMs) return
    reportedAtMs = performance.now()
    log.warn({ problem: said.slice(0, 500) }, problem)
  }
  const ignore = () => {}
  diag.setLogger(
    { error: report, warn: report, info: ignore, debug: ignore, verbose: ignore },
    DiagLogLevel.WARN,
  )
  return (signal, exporter) => {
    const trouble = logTrouble(log, problem, { signal })
    const send = exporter.export.bind(exporter)
    exporter.export = (items, done) =>
      send(items, (result) => {
        if (result.code === 0) {
          failing.delete(signal)
          trouble.worked()
        } else {
          failing.add(signal)
          trouble.failed(result.error)
        }
        done(result)
      })
    return exporter
  }
}
