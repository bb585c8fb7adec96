import {
  connectBus,
  createDeadLetters,
  observeProjections,
  projectionChecks,
  runProjection,
} from '@airs-cp/bus'
import { databaseCheck, openDatabase } from '@airs-cp/postgres'
import {
  addDeadLetterRoutes,
  createApi,
  createMetrics,
  type Logger,
  listen,
  type Running,
} from '@airs-cp/runtime'
import type { LineageConfig } from './config.ts'
import { addTraceRoutes } from './lineage-routes.ts'
import { importedLineage, lineageProjection } from './projection.ts'
import { stepRebuild } from './rebuild.ts'
import { repeat } from './repeat.ts'
import { addLineageRoutes } from './routes.ts'
import { batchSize, settlePending } from './settle-pending.ts'
import type { LineageTables } from './tables.ts'

/** Sessions and exchanges: what was asked, what became of it, and what was made of what. */
export async function startLineage(config: LineageConfig, log: Logger): Promise<Running> {
  const metrics = createMetrics('lineage')
  const bus = await connectBus({ url: config.natsUrl, name: 'lineage' })
  const database = openDatabase<LineageTables>({ url: config.databaseUrl, name: 'lineage' })
  const onProblem = (problem: string, error: unknown) => log.warn({ err: error }, problem)
  const projections = {
    traffic: runProjection({ bus, database, projection: lineageProjection, onProblem }),
    imported: runProjection({ bus, database, projection: importedLineage, onProblem }),
  }
  observeProjections(metrics.meter, projections)
  const settling = repeat(
    async () => (await settlePending(database)) === batchSize,
    (err) => log.warn({ err }, 'cannot read large bodies; trying again'),
  )
  const rebuilding = repeat(
    () => stepRebuild(database),
    (err) => log.warn({ err }, 'cannot rebuild; trying again'),
  )
  const api = createApi({
    service: 'lineage',
    access: config.access,
    log,
    metrics,
    checks: { ...projectionChecks(projections), database: databaseCheck(database) },
  })
  addLineageRoutes(api, database)
  addTraceRoutes(api, database)
  addDeadLetterRoutes(
    api,
    'lineage',
    createDeadLetters(database, 'lineage', [lineageProjection, importedLineage]),
  )
  const server = await listen(api.app, config)
  return {
    async close() {
      await server.close()
      await Promise.all(Object.values(projections).map((projection) => projection.close()))
      await settling.close()
      await rebuilding.close()
      await bus.drain()
      await database.destroy()
    },
  }
}
