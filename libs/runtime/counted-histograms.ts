import { type Attributes, ValueType } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  DataPointType,
  type HistogramMetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'

/** Values by bucket: of `boundaries` a value that equals one is below it. */
export type BucketCounts = { counts: number[]; sum: number; count: number }

export type CountedHistogram = {
  record(attributes: Attributes, value: number): void
  /** Adds many values at once, counted by whoever measures them. */
  add(attributes: Attributes, counted: BucketCounts): void
}

export type HistogramDescription = {
  name: string
  description: string
  unit: string
  boundaries: readonly number[]
}

type Series = { attributes: Attributes; total: BucketCounts }
type Kept = { described: HistogramDescription; series: Map<string, Series> }

/**
 * What is measured for each exchange, or each chunk of a stream, costs too much to record one by one: OpenTelemetry sorts and
 * serialises the attributes of every value. These sums are kept here, and collected with the other metrics. Attributes must have few
 * values, and always come in the same order.
 */
export function createCountedHistograms() {
  const startedAt = now()
  const kept: Kept[] = []

  const producer: MetricProducer = {
    collect: async () => ({
      errors: [],
      resourceMetrics: {
        resource: emptyResource(),
        scopeMetrics: [{ scope: { name: 'airs' }, metrics: kept.filter(isUsed).map(dataOf) }],
      },
    }),
  }

  function dataOf({ described: { name, description, unit, boundaries }, series }: Kept): HistogramMetricData {
    return {
      descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: [...series.values()].map(({ attributes, total }) => ({
        attributes,
        startTime: startedAt,
        endTime: now(),
        value: {
          buckets: { boundaries: [...boundaries], counts: [...total.counts] },
          sum: total.sum,
          count: total.count,
        },
      })),
    }
  }

  return {
    producer,
    open(described: HistogramDescription): CountedHistogram {
      const series = new Map<string, Series>()
      kept.push({ described, series })
      const { boundaries } = described
      const totalOf = (attributes: Attributes) => {
        let key = ''
        for (const name in attributes) key += `${name}\n${attributes[name]}\n`
        let found = series.get(key)
        if (!found) {
          const counts = new Array<number>(boundaries.length + 1).fill(0)
          found = { attributes, total: { counts, sum: 0, count: 0 } }
          series.set(key, found)
        }
        return found.total
      }
      return {
        record(attributes, value) {
          const total = totalOf(attributes)
          let bucket = 0
          while (bucket < boundaries.length && value > boundaries[bucket]!) bucket++
          total.counts[bucket]!++
          total.sum += value
          total.count++
        },
        add(attributes, { counts, sum, count }) {
          if (count === 0) return
          const total = totalOf(attributes)
          for (let bucket = 0; bucket < counts.length; bucket++) total.counts[bucket]! += counts[bucket]!
          total.sum += sum
          total.count += count
        },
      }
    },
  }
}

function isUsed({ series }: Kept): boolean {
  return series.size > 0
}

function now(): [number, number] {
  const ms = Date.now()
  return [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000]
}
