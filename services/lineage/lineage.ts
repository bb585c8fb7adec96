import {
  connectBus,
  createDeadLetters,
  eraseDeadLetters,
  expireDeadLetters,
  observeProjections,
  projectionChecks,
  runProjection,
} from '@airs-cp/bus'
import { databaseCheck, openDatabase, pruneTables, runAlone, tableSizes } from '@airs-cp/postgres'
import {
  addDeadLetterRoutes,
  addServiceRoutes,
  createApi,
  createMetrics,
  createStandby,
  endProcess,
  keepTables,
  type Logger,
  listen,
  logRecoveries,
  logRecovery,
  type Running,
  repeat,
  running,
} from '@airs-cp/runtime'
import type { LineageConfig } from './config.ts'
import { dropExchanges } from './graph/drop-exchanges.ts'
import { eraseGraphs } from './graph/erase-graphs.ts'
import { stepRebuild } from './graph/rebuild.ts'
import { batchSize, settlePending } from './graph/settle-pending.ts'
import { importedLineage, lineageProjection } from './projection.ts'
import { lineageSchema } from './schema.ts'
import { addSessionRoutes } from './search/session-routes.ts'
import { addTraceRoutes } from './search/trace-routes.ts'
import type { LineageTables } from './tables.ts'

/** How long to rest when there is nothing to do. */
const idleMs = 250

/** Sessions and exchanges: what was asked, what became of it, and what was made of what. */
export async function startLineage(
  config: LineageConfig,
  log: Logger,
  signal?: AbortSignal,
): Promise<Running> {
  await using stack = new AsyncDisposableStack()
  const metrics = createMetrics('lineage')
  const standby = config.isStandby ? createStandby(config, log) : undefined
  stack.use(
    await runAlone({
      url: config.databaseUrl,
      name: 'lineage',
      standby: standby?.wait,
      signal,
      onTaken: endProcess,
    }),
  )
  await standby?.takeOver()
  const database = stack.use(openDatabase<LineageTables>({ url: config.databaseUrl, name: 'lineage' }))
  const bus = stack.adopt(await connectBus({ url: config.natsUrl, name: 'lineage' }), (bus) => bus.drain())
  const reports = logRecoveries(log)
  const projections = {
    traffic: stack.use(runProjection({ bus, database, projection: lineageProjection, ...reports })),
    imported: stack.use(runProjection({ bus, database, projection: importedLineage, ...reports })),
  }
  observeProjections(metrics.meter, projections)
  const passOver = (event: string, err: unknown) =>
    log.warn({ err, event }, 'cannot read a large body; trying it again later')
  stack.use(
    repeat({
      everyMs: idleMs,
      work: async () => ((await settlePending(database, passOver)) === batchSize ? 'more' : undefined),
      ...logRecovery(log, 'cannot read large bodies; trying again'),
    }),
  )
  stack.use(
    repeat({
      everyMs: idleMs,
      work: async () => ((await stepRebuild(database)) ? 'more' : undefined),
      ...logRecovery(log, 'cannot rebuild; trying again'),
    }),
  )
  stack.use(
    repeat({
      everyMs: idleMs,
      work: async () => ((await eraseGraphs(database)) ? 'more' : undefined),
      ...logRecovery(log, 'cannot erase what erased exchanges said; trying again'),
    }),
  )
  stack.use(
    repeat({
      everyMs: idleMs,
      work: async () => ((await dropExchanges(database)) ? 'more' : undefined),
      ...logRecovery(log, 'cannot drop exchanges that the event store has dropped; trying again'),
    }),
  )
  stack.use(
    keepTables({
      metrics,
      log,
      sizes: () => tableSizes(database, 'lineage'),
      prune: async () =>
        (await pruneTables(database, lineageSchema)) +
        (await eraseDeadLetters(database, 'lineage')) +
        (await expireDeadLetters(database, 'lineage')),
    }),
  )
  const api = createApi({
    service: 'lineage',
    access: config.access,
    log,
    metrics,
    checks: { ...projectionChecks(projections), database: databaseCheck(database) },
  })
  addSessionRoutes(api, database)
  addTraceRoutes(api, database)
  addDeadLetterRoutes(
    api,
    'lineage',
    createDeadLetters(database, 'lineage', [lineageProjection, importedLineage]),
  )
  addServiceRoutes(api, 'lineage', { projections, settings: config.settings })
  stack.use(await listen(api.app, config))
  return running(stack)
}
