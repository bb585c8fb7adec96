import type { Logger } from './log.ts'
import type { Metrics } from './metrics.ts'
import { repeat } from './repeat.ts'
import type { Running } from './service.ts'
import { logRecovery } from './trouble.ts'

const pruneEveryMs = 60_000
const manyRows = 5_000

/** Keeps the tables of a service bounded, and reports their sizes as metrics when they are asked for. */
export function keepTables({
  metrics: { meter },
  log,
  sizes,
  prune,
}: {
  metrics: Metrics
  log: Logger
  sizes: () => Promise<{ table: string; rows: number; bytes: number }[]>
  /** Returns how many rows it deleted. */
  prune: () => Promise<number>
}): Running {
  const rows = meter.createObservableGauge('airs.table.rows', {
    description: 'Rows of a table, as Postgres estimates them',
  })
  const bytes = meter.createObservableGauge('airs.table.size', {
    unit: 'By',
    description: 'Size of a table with its indexes',
  })
  meter.addBatchObservableCallback(
    async (result) => {
      for (const size of await sizes()) {
        result.observe(rows, size.rows, { table: size.table })
        result.observe(bytes, size.bytes, { table: size.table })
      }
    },
    [rows, bytes],
  )
  return repeat({
    everyMs: pruneEveryMs,
    work: async () => ((await prune()) >= manyRows ? 'more' : undefined),
    ...logRecovery(log, 'cannot delete rows that are past their time'),
  })
}
