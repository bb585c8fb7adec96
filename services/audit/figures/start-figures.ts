import { type RepeatReports, type Running, repeat } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import type { AuditTables } from '../tables.ts'
import { foldFigures } from './fold-figures.ts'

/** Adds up figures beside everything else. */
export function startFigures({
  database,
  ...reports
}: RepeatReports & { database: Kysely<AuditTables> }): Running {
  return repeat({
    everyMs: 500,
    work: async () => ((await foldFigures(database)) > 100 ? 'more' : undefined),
    ...reports,
  })
}
