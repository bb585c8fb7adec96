import { type Kysely, sql } from 'kysely'
import type { ExportTables } from '../tables.ts'

/** How far the transparency log has come with what is stored. */
export type LogCoverage = {
  /** Highest position that was stored when this was asked. */
  upTo: number
  /** Whether every event up to it has a leaf under the published checkpoint. */
  isCovered: boolean
}

const pollMs = 100

/**
 * Waits until the published checkpoint commits to everything that is stored now. The log does that every second; where it
 * stands still, this gives up after `timeoutMs`, and where there is no checkpoint yet, after `firstMs`.
 */
export async function awaitLog(
  database: Kysely<ExportTables>,
  { timeoutMs = 15_000, firstMs = 3_000 }: { timeoutMs?: number; firstMs?: number } = {},
): Promise<LogCoverage> {
  const beganAt = performance.now()
  const { rows } = await sql<{ last: number | null }>`
    select max(position) as last from audit.recorded_events`.execute(database)
  const upTo = rows[0]?.last ?? 0
  for (;;) {
    const covered = await isCovered(database, upTo)
    if (covered) return { upTo, isCovered: true }
    const patienceMs = covered === undefined ? Math.min(firstMs, timeoutMs) : timeoutMs
    if (performance.now() - beganAt >= patienceMs) return { upTo, isCovered: false }
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

/** Undefined where there is no checkpoint. One of a log after which another has begun covers nothing that is stored since. */
async function isCovered(database: Kysely<ExportTables>, upTo: number): Promise<boolean | undefined> {
  const { rows } = await sql<{ covered: boolean }>`
    select not exists (select from audit.recorded_log_pending where position <= ${upTo})
      and not exists (select from audit.recorded_leaves l where l.generation > c.generation)
      and c.size > coalesce((select max(leaf_index) from audit.recorded_leaves l
        where l.generation = c.generation and l.leaf_index >= c.size and l.position <= ${upTo}), -1) as covered
    from audit.recorded_checkpoints c
    where c.generation = (select max(generation) from audit.recorded_checkpoints)`.execute(database)
  return rows[0]?.covered
}
