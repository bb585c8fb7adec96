import {
  connectBus,
  createDeadLetters,
  createPublisher,
  observeProjections,
  projectionChecks,
  runProjection,
} from '@airs-cp/bus'
import type { AnyEvent } from '@airs-cp/events'
import { databaseCheck, openDatabase } from '@airs-cp/postgres'
import {
  addDeadLetterRoutes,
  createApi,
  createMetrics,
  type Logger,
  listen,
  type Running,
} from '@airs-cp/runtime'
import { observeCompleteness } from './completeness-metrics.ts'
import type { AuditConfig } from './config.ts'
import { addImportRoutes } from './import-routes.ts'
import { startHousekeeping } from './keep-house.ts'
import { controlAudit, importedAudit, trafficAudit } from './projection.ts'
import { startProgressReports } from './report-progress.ts'
import { addAuditRoutes } from './routes.ts'
import type { AuditTables } from './tables.ts'

/** The event store: takes every event of every stream, and answers what was recorded. */
export async function startAudit(config: AuditConfig, log: Logger): Promise<Running> {
  const metrics = createMetrics('audit')
  const bus = await connectBus({ url: config.natsUrl, name: 'audit' })
  const database = openDatabase<AuditTables>({ url: config.databaseUrl, name: 'audit' })
  const progress = startProgressReports({
    bus,
    database,
    onProblem: (error) => log.warn({ err: error }, 'cannot report progress'),
  })
  const advanced = (events: AnyEvent[]) => progress.advanced(events.flatMap(({ journal }) => journal ?? []))
  const onProblem = (problem: string, error: unknown) => log.warn({ err: error }, problem)
  const projections = {
    traffic: runProjection({
      bus,
      database,
      projection: trafficAudit,
      onBatch: advanced,
      onProblem,
    }),
    control: runProjection({ bus, database, projection: controlAudit, onProblem }),
    imported: runProjection({ bus, database, projection: importedAudit, onBatch: advanced, onProblem }),
  }
  observeProjections(metrics.meter, projections)
  const housekeeping = startHousekeeping({
    ...config,
    bus,
    database,
    onProblem: (error) => log.warn({ err: error }, 'cannot look for gaps and open exchanges'),
  })
  const deadLetters = createDeadLetters(database, 'audit', [trafficAudit, controlAudit, importedAudit])
  observeCompleteness(metrics.meter, database, deadLetters)
  const api = createApi({
    service: 'audit',
    access: config.access,
    log,
    metrics,
    checks: { ...projectionChecks(projections), database: databaseCheck(database) },
  })
  addAuditRoutes(api, database)
  const publisher = createPublisher(bus)
  addImportRoutes(api, { bus, publisher, database })
  addDeadLetterRoutes(api, 'audit', deadLetters)
  const server = await listen(api.app, config)
  return {
    async close() {
      await server.close()
      await Promise.all(Object.values(projections).map((projection) => projection.close()))
      await housekeeping.close()
      await progress.close()
      publisher.close()
      await bus.drain()
      await database.destroy()
    },
  }
}
