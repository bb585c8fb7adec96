import type { DeadLetters } from '@airs-cp/bus'
import type { Meter } from '@opentelemetry/api'
import type { Kysely } from 'kysely'
import { countUnfinished } from './find-events.ts'
import { countGaps } from './gaps.ts'
import type { AuditTables } from './tables.ts'

/** Metrics of what is missing: gaps, lost events, exchanges without outcome, dead letters. Read when they are asked for. */
export function observeCompleteness(
  meter: Meter,
  database: Kysely<AuditTables>,
  deadLetters: DeadLetters,
): void {
  const openGaps = meter.createObservableGauge('airs.audit.gaps', {
    description: 'Gaps in journals that are open now',
  })
  const lostEvents = meter.createObservableGauge('airs.audit.lost_events', {
    description: 'Events that damage to a journal has destroyed',
  })
  const open = meter.createObservableGauge('airs.audit.open_exchanges', {
    description: 'Exchanges without an outcome, which may still come',
  })
  const abandoned = meter.createObservableGauge('airs.audit.abandoned_exchanges', {
    description: 'Exchanges that were closed because their outcome never came',
  })
  const waiting = meter.createObservableGauge('airs.audit.dead_letters', {
    description: 'Dead letters that wait',
  })
  meter.addBatchObservableCallback(
    async (result) => {
      const [gaps, counts, letters] = await Promise.all([
        countGaps(database),
        countUnfinished(database),
        deadLetters.count(),
      ])
      result.observe(openGaps, gaps.open)
      result.observe(lostEvents, gaps.lostEvents)
      result.observe(open, counts.openExchanges)
      result.observe(abandoned, counts.abandonedExchanges)
      result.observe(waiting, letters)
    },
    [openGaps, lostEvents, open, abandoned, waiting],
  )
}
