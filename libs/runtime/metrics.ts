import { type Meter, metrics } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { resourceOf } from './resource.ts'
import { activeMetricReaders } from './telemetry.ts'

export type Metrics = {
  meter: Meter
  /** All metrics in Prometheus' text format. */
  text(): Promise<string>
}

/** OpenTelemetry metrics of this process, read on demand; and sent as well, where telemetry is on. */
export function createMetrics(service: string): Metrics {
  const exporter = new PrometheusExporter({ preventServerStart: true })
  const provider = new MeterProvider({
    resource: resourceOf(service, process.env),
    readers: [exporter, ...activeMetricReaders()],
  })
  metrics.setGlobalMeterProvider(provider)
  const serializer = new PrometheusSerializer('', false)
  return {
    meter: provider.getMeter('airs'),
    async text() {
      const { resourceMetrics } = await exporter.collect()
      return serializer.serialize(resourceMetrics)
    },
  }
}
