import { type RepeatReports, type Running, repeat } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import type { AuditTables } from '../tables.ts'
import { backfillSearch } from './backfill.ts'
import { indexWords } from './index-words.ts'

/** Indexes what was said, and what was recorded before there was a search, beside everything else. */
export function startSearch({
  database,
  ...reports
}: RepeatReports & { database: Kysely<AuditTables> }): Running {
  let mayBackfill = true
  return repeat({
    everyMs: 500,
    async work() {
      const words = await indexWords(database)
      if (mayBackfill) mayBackfill = await backfillSearch(database)
      return words > 0 || mayBackfill ? 'more' : undefined
    },
    ...reports,
  })
}
