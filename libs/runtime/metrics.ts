import { type Meter, metrics } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider } from '@opentelemetry/sdk-metrics'

export type Metrics = {
  meter: Meter
  /** All metrics in Prometheus' text format. */
  text(): Promise<string>
}

/** OpenTelemetry metrics of this process, read on demand. */
export function createMetrics(service: string): Metrics {
  const exporter = new PrometheusExporter({ preventServerStart: true })
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ 'service.name': `airs-${service}` }),
    readers: [exporter],
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
