import { context, DiagLogLevel, diag, propagation, type Tracer, trace } from '@opentelemetry/api'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import type { Logger } from './log.ts'
import { resourceOf } from './resource.ts'
import { readTelemetryConfig, type TelemetryConfig } from './telemetry-config.ts'

export type Telemetry = {
  /** Sends what is left, within a time limit. */
  close(): Promise<void>
}

const closeMs = 3_000
const quietMs = 60_000
const off: Telemetry = { close: async () => {} }

let tracer: Tracer | undefined
let metricReaders: IMetricReader[] = []

/** The tracer, where OTEL_* says that there are traces; undefined costs nothing on the way of an exchange. */
export function activeTracer(): Tracer | undefined {
  return tracer
}

/** Readers for every meter provider of this process, beside the one that Prometheus asks. */
export function activeMetricReaders(): IMetricReader[] {
  return metricReaders
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
  if (config.traces) closers.push(await startTraces(service, env, config))
  if (config.metrics) closers.push(await startMetrics(config))
  if (closers.length === 0) return off
  tellProblems(log)
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
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: new OTLPTraceExporter(), ...batch })],
  })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  tracer = provider.getTracer('airs')
  return () => provider.shutdown()
}

async function startMetrics({ metricIntervalMs }: TelemetryConfig): Promise<() => Promise<void>> {
  const { PeriodicExportingMetricReader } = await import('@opentelemetry/sdk-metrics')
  const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto')
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(),
    exportIntervalMillis: metricIntervalMs,
  })
  metricReaders = [reader]
  return () => reader.shutdown()
}

/** What cannot be sent is reported with every batch: now and then is enough. */
function tellProblems(log: Logger): void {
  let toldAtMs = Number.NEGATIVE_INFINITY
  const tell = (problem: string) => {
    if (performance.now() - toldAtMs < quietMs) return
    toldAtMs = performance.now()
    log.warn({ problem: problem.slice(0, 500) }, 'telemetry cannot be sent')
  }
  const ignore = () => {}
  diag.setLogger({ error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN)
}
