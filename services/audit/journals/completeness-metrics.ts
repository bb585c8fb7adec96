import type { DeadLetters } from '@airs-cp/bus'
import { type Running, repeat } from '@airs-cp/runtime'
import type { Meter } from '@opentelemetry/api'
import type { Kysely } from 'kysely'
import { countUnfinished } from '../find-events.ts'
import type { AuditTables } from '../tables.ts'
import { countGaps } from './gaps.ts'

const intervalMs = 10_000

/**
 * Metrics of what is missing: gaps, lost events, exchanges without outcome, dead letters. Counted every ten seconds, however
 * often they are asked for: whoever reaches the port may do that.
 */
export function observeCompleteness(
  meter: Meter,
  database: Kysely<AuditTables>,
  deadLetters: DeadLetters,
): Running {
  let known: Awaited<ReturnType<typeof count>> | undefined
  async function count() {
    const [gaps, exchanges, letters] = await Promise.all([
      countGaps(database),
      countUnfinished(database),
      deadLetters.count(),
    ])
    return { gaps, exchanges, letters }
  }
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
    (result) => {
      if (!known) return
      const { gaps, exchanges, letters } = known
      result.observe(openGaps, gaps.open)
      result.observe(lostEvents, gaps.lostEvents)
      result.observe(open, exchanges.openExchanges)
      result.observe(abandoned, exchanges.abandonedExchanges)
      result.observe(waiting, letters)
    },
    [openGaps, lostEvents, open, abandoned, waiting],
  )
  return repeat({
    everyMs: intervalMs,
    async work() {
      known = await count()
    },
    onProblem() {
      known = undefined
    },
  })
}
