import type { Meter } from '@opentelemetry/api'
import { type Kysely, sql } from 'kysely'
import type { TransparencyLog } from './run-log.ts'
import type { LogTables } from './tables.ts'

/** Metrics of the log, read when they are asked for. */
export function observeLog(meter: Meter, database: Kysely<LogTables>, log: TransparencyLog): void {
  const size = meter.createObservableGauge('airs.audit.log_size', { description: 'Leaves of the log' })
  const signed = meter.createObservableGauge('airs.audit.log_signed_size', {
    description: 'Leaves that the last signed checkpoint commits to',
  })
  const pending = meter.createObservableGauge('airs.audit.log_pending', {
    description: 'Events that have no leaf yet',
  })
  const sound = meter.createObservableGauge('airs.audit.log_sound', {
    description: '1 while the log signs, 0 while it stands still',
  })
  const quorum = meter.createObservableGauge('airs.audit.log_witness_quorum', {
    description: '1 while a quorum of witnesses cosigns, or none is asked for',
  })
  meter.addBatchObservableCallback(
    async (result) => {
      const status = log.status()
      const { rows } = await sql<{ count: number }>`select count(*) as count
        from (select 1 from audit.log_pending limit 100000) waiting`.execute(database)
      result.observe(size, status.size)
      result.observe(signed, status.signed?.size ?? 0)
      result.observe(pending, rows[0]!.count)
      result.observe(sound, status.problem === null ? 1 : 0)
      result.observe(quorum, status.hasQuorum ? 1 : 0)
    },
    [size, signed, pending, sound, quorum],
  )
}
