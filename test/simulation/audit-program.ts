import { connectBus, runProjection } from '@airs-cp/bus'
import { Kysely, PostgresDialect } from 'kysely'
import { startProgressReports } from '../../services/audit/journals/report-progress.ts'
import { startHousekeeping } from '../../services/audit/keep-house.ts'
import { openLogFiles } from '../../services/audit/log/log-files.ts'
import { runLog, type TransparencyLog } from '../../services/audit/log/run-log.ts'
import { controlAudit, trafficAudit } from '../../services/audit/projection.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { natsUrl } from './addresses.ts'
import type { PostgresServer } from './postgres-server.ts'

export type AuditProgram = { log: TransparencyLog }

/** The event store and its log, put together as `startAudit` does, without its HTTP server. */
export async function runAudit(
  postgres: PostgresServer,
  onProblem: (problem: string, error: unknown) => void,
): Promise<AuditProgram> {
  const pool = postgres.pool()
  const database = new Kysely<AuditTables>({ dialect: new PostgresDialect({ pool: pool as never }) })
  const bus = await connectBus({ url: natsUrl, name: 'audit' })
  const progress = startProgressReports({
    bus,
    database,
    onProblem: (error) => onProblem('cannot report progress', error),
  })
  runProjection({
    bus,
    database,
    projection: trafficAudit,
    onProblem,
    onBatch: (events) => progress.advanced(events.flatMap(({ journal }) => journal ?? [])),
  })
  runProjection({ bus, database, projection: controlAudit, onProblem })
  startHousekeeping({
    bus,
    database,
    gapGraceMs: 60_000,
    abandonAfterMs: 24 * 3_600_000,
    onProblem: (error) => onProblem('cannot look for gaps and open exchanges', error),
  })
  return { log: runLog({ database, files: openLogFiles('/simulated/audit/log'), onProblem }) }
}
