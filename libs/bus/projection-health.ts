import type { Meter } from '@opentelemetry/api'
import type { RunningProjection } from './run-projection.ts'

/** Readiness checks: a projection is ready while it consumes. */
export function projectionChecks(
  projections: Record<string, RunningProjection>,
): Record<string, () => string | undefined> {
  return Object.fromEntries(
    Object.entries(projections).map(([name, projection]) => [
      `projection ${name}`,
      () => (projection.stats().connected ? undefined : 'is not consuming; is NATS up?'),
    ]),
  )
}

/** Metrics of projections: what they applied, what waits, what they buried. */
export function observeProjections(meter: Meter, projections: Record<string, RunningProjection>): void {
  const applied = meter.createObservableCounter('airs.projection.applied', { description: 'Events applied' })
  const pending = meter.createObservableGauge('airs.projection.pending', {
    description: 'Events in the stream that are not applied yet',
  })
  const buried = meter.createObservableCounter('airs.projection.dead_letters', {
    description: 'Events buried as dead letters since start',
  })
  const lag = meter.createObservableGauge('airs.projection.lag', {
    unit: 's',
    description:
      'From when the event applied last came into the stream to when it was applied, while any wait',
  })
  const reread = meter.createObservableCounter('airs.projection.reread', {
    description:
      'Events read from the event store, because the stream had lost them before they were applied',
  })
  meter.addBatchObservableCallback(
    (result) => {
      for (const [projection, running] of Object.entries(projections)) {
        const stats = running.stats()
        result.observe(applied, stats.applied, { projection })
        result.observe(pending, stats.pending, { projection })
        result.observe(buried, stats.deadLetters, { projection })
        result.observe(reread, stats.reread, { projection })
        result.observe(lag, stats.pending > 0 ? stats.lagMs / 1_000 : 0, { projection })
      }
    },
    [applied, pending, buried, reread, lag],
  )
}
