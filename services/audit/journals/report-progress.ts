import { type Bus, putKey } from '@airs-cp/bus'
import { buckets, journalProgressSchema } from '@airs-cp/events'
import { type RepeatReports, type Running, repeat } from '@airs-cp/runtime'
import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'
import { journalProgress } from './journals.ts'

/**
 * Reports to the ingresses how far their journals are committed to Postgres, so that they may delete segments. Reports
 * journals soon after they advanced, and from time to time all that moved lately, because a lost JetStream store
 * loses the reports too.
 */
export function startProgressReports({
  bus,
  database,
  intervalMs = 200,
  repeatMs = 10_000,
  onProblem = () => {},
  onRecovery,
}: Partial<RepeatReports> & {
  bus: Bus
  database: Kysely<AuditTables>
  intervalMs?: number
  repeatMs?: number
}): Running & { advanced(journals: Iterable<string>): void } {
  const due = new Set<string>()
  let repeatAt = Number.NEGATIVE_INFINITY

  async function report(): Promise<void> {
    if (bus.isClosed()) return
    if (performance.now() >= repeatAt) {
      for (const journal of await recentJournals(database)) due.add(journal)
      repeatAt = performance.now() + repeatMs
    }
    const journals = [...due]
    if (journals.length === 0) return
    due.clear()
    try {
      for (const [journal, progress] of await journalProgress(database, journals))
        await putKey(bus, buckets.journalProgress, journal, journalProgressSchema.parse(progress))
    } catch (error) {
      for (const journal of journals) due.add(journal)
      throw error
    }
  }

  return {
    ...repeat({ everyMs: intervalMs, work: report, onProblem, ...(onRecovery && { onRecovery }) }),
    advanced(journals) {
      for (const journal of journals) due.add(journal)
    },
  }
}

async function recentJournals(database: Kysely<AuditTables>): Promise<string[]> {
  const rows = await database
    .selectFrom('audit.journals')
    .select('journal')
    .where(sql<boolean>`updated_at > now() - interval '7 days'`)
    .execute()
  return rows.map((row) => row.journal)
}
