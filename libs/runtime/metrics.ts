import { type Meter, metrics } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import {
  type CountedHistogram,
  createCountedHistograms,
  type HistogramDescription,
} from './counted-histograms.ts'
import { resourceOf } from './resource.ts'
import { activeMetricReaders } from './telemetry.ts'

export type Metrics = {
  meter: Meter
  /** A histogram for values that are counted where they are measured. */
  countedHistogram(described: HistogramDescription): CountedHistogram
  /** All metrics in Prometheus' text format. */
  text(): Promise<string>
}

/** OpenTelemetry metrics of this process, read on demand; and sent as well, where telemetry is on. */
export function createMetrics(service: string): Metrics {
  const counted = createCountedHistograms()
  const exporter = new PrometheusExporter({ preventServerStart: true, metricProducers: [counted.producer] })
  const provider = new MeterProvider({
    resource: resourceOf(service, process.env),
    readers: [exporter, ...activeMetricReaders([counted.producer])],
  })
  metrics.setGlobalMeterProvider(provider)
  const serializer = new PrometheusSerializer('', false)
  return {
    meter: provider.getMeter('airs'),
    countedHistogram: counted.open,
    async text() {
      const { resourceMetrics } = await exporter.collect()
      return serializer.serialize(resourceMetrics)
    },
  }
}
