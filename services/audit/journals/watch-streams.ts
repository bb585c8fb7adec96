import { type Bus, type StreamFill, streamFills } from '@airs-cp/bus'
import { type Running, repeat } from '@airs-cp/runtime'
import type { Meter } from '@opentelemetry/api'

const intervalMs = 5_000

export type StreamWatch = Running & {
  /** As of some seconds ago; undefined while JetStream does not respond. */
  fills(): StreamFill[] | undefined
}

/** Looks again and again how full the streams are, for metrics and for the summary. */
export function watchStreams(bus: Bus, meter: Meter): StreamWatch {
  let known: StreamFill[] | undefined
  const bytes = meter.createObservableGauge('airs.stream.bytes', {
    unit: 'By',
    description: 'What a stream of JetStream holds',
  })
  const maxBytes = meter.createObservableGauge('airs.stream.max_bytes', {
    unit: 'By',
    description: 'What it may hold; then the oldest go',
  })
  const messages = meter.createObservableGauge('airs.stream.messages', {
    description: 'Messages that it holds',
  })
  meter.addBatchObservableCallback(
    (result) => {
      for (const fill of known ?? []) {
        const { stream } = fill
        result.observe(bytes, fill.bytes, { stream })
        if (fill.maxBytes !== undefined) result.observe(maxBytes, fill.maxBytes, { stream })
        result.observe(messages, fill.messages, { stream })
      }
    },
    [bytes, maxBytes, messages],
  )
  const looking = repeat({
    everyMs: intervalMs,
    async work() {
      known = await streamFills(bus).catch(() => undefined)
    },
    onProblem() {},
  })
  return { ...looking, fills: () => known }
}
