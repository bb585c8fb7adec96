import {
  connectBus,
  createDeadLetters,
  createPublisher,
  eraseDeadLetters,
  observeProjections,
  projectionChecks,
  runProjection,
} from '@airs-cp/bus'
import type { AnyEvent } from '@airs-cp/events'
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
  running,
} from '@airs-cp/runtime'
import { addChangeRoutes } from './changes/routes.ts'
import type { AuditConfig } from './config.ts'
import { rememberErasures } from './erasure/remembered-erasures.ts'
import { retainContent } from './erasure/retain-content.ts'
import { addErasureRoutes } from './erasure/routes.ts'
import { runErasures } from './erasure/run-erasures.ts'
import { addFigureRoutes } from './figures/routes.ts'
import { startFigures } from './figures/start-figures.ts'
import { addImportRoutes } from './import/routes.ts'
import { createClockOffsets } from './journals/clock-offsets.ts'
import { observeCompleteness } from './journals/completeness-metrics.ts'
import { startProgressReports } from './journals/report-progress.ts'
import { watchStreams } from './journals/watch-streams.ts'
import { startHousekeeping } from './keep-house.ts'
import { createLiveExchanges } from './live/live-exchanges.ts'
import { addLogRoutes } from './log/routes.ts'
import { startLog } from './log/start-log.ts'
import { createNoteRead } from './note-reads.ts'
import { controlAudit, importedAudit, trafficAudit } from './projection.ts'
import { expireOwnDeadLetters } from './retention/expire-own-dead-letters.ts'
import { addRetentionRoutes } from './retention/routes.ts'
import { findRetention } from './retention/rules.ts'
import { runRetention } from './retention/run-retention.ts'
import { addAuditRoutes } from './routes.ts'
import { auditSchema } from './schema.ts'
import { addExchangeRoutes } from './search/routes.ts'
import { startSearch } from './search/start-search.ts'
import type { AuditTables } from './tables.ts'

/** The event store: takes every event of every stream, and serves what was recorded. */
export async function startAudit(config: AuditConfig, log: Logger, signal?: AbortSignal): Promise<Running> {
  await using stack = new AsyncDisposableStack()
  const metrics = createMetrics('audit')
  const standby = config.isStandby ? createStandby(config, log) : undefined
  stack.use(
    await runAlone({
      url: config.databaseUrl,
      name: 'audit',
      standby: standby?.wait,
      signal,
      onTaken: endProcess,
    }),
  )
  await standby?.takeOver()
  const database = stack.use(openDatabase<AuditTables>({ url: config.databaseUrl, name: 'audit' }))
  const bus = stack.adopt(await connectBus({ url: config.natsUrl, name: 'audit' }), (bus) => bus.drain())
  const progress = stack.use(
    startProgressReports({
      bus,
      database,
      ...logRecovery(log, 'cannot report progress'),
    }),
  )
  const advanced = (events: AnyEvent[]) => progress.advanced(events.flatMap(({ journal }) => journal ?? []))
  const clocks = createClockOffsets()
  const noteTraffic = (events: AnyEvent[]) => {
    clocks.note(events)
    advanced(events)
  }
  const shared = { bus, database, topology: config.topology, ...logRecoveries(log) }
  const projections = {
    traffic: stack.use(runProjection({ ...shared, projection: trafficAudit, onBatch: noteTraffic })),
    control: stack.use(runProjection({ ...shared, projection: controlAudit })),
    imported: stack.use(runProjection({ ...shared, projection: importedAudit, onBatch: advanced })),
  }
  observeProjections(metrics.meter, projections)
  metrics.meter
    .createObservableGauge('airs.audit.clock_offset', {
      unit: 's',
      description:
        'How far the clock of an ingress is ahead of that of audit; negative where it is behind, or ships events that it had kept while NATS was down',
    })
    .addCallback((result) => {
      for (const [source, offsetMs] of clocks.known()) result.observe(offsetMs / 1_000, { source })
    })
  stack.use(
    startHousekeeping({
      ...config,
      bus,
      database,
      ...logRecovery(log, 'cannot look for gaps and open exchanges'),
    }),
  )
  stack.use(
    startSearch({
      database,
      ...logRecovery(log, 'cannot index what was said'),
    }),
  )
  stack.use(startFigures({ database, ...logRecovery(log, 'cannot add up figures') }))
  const deadLetters = createDeadLetters(database, 'audit', [trafficAudit, controlAudit, importedAudit])
  stack.use(observeCompleteness(metrics.meter, database, deadLetters))
  const streamWatch = stack.use(watchStreams(bus, metrics.meter))
  const transparencyLog = stack.use(await startLog({ config, bus, database, metrics, log }))
  const erasing = stack.use(
    runErasures({
      bus,
      database,
      remembered: rememberErasures(config.erasuresFile),
      intoLog: transparencyLog.settled,
      purged: progress.advanced,
      ...logRecoveries(log),
    }),
  )
  const retainingContent = stack.use(
    retainContent({
      bus,
      database,
      contentDays: async () => (await findRetention(database, config.retention)).contentDays,
      ...logRecovery(log, 'cannot have content erased that is past its time'),
    }),
  )
  const retaining = stack.use(
    runRetention({
      bus,
      database,
      log: transparencyLog,
      control: projections.control,
      configured: config.retention,
      archivedOnly: config.dropsArchivedOnly,
      ...logRecovery(log, 'cannot drop events that are past their time'),
    }),
  )
  stack.use(
    keepTables({
      metrics,
      log,
      sizes: () => tableSizes(database, 'audit'),
      prune: async () =>
        (await pruneTables(database, auditSchema)) +
        (await eraseDeadLetters(database, 'audit')) +
        (await expireOwnDeadLetters(database)),
    }),
  )
  const api = createApi({
    service: 'audit',
    access: config.access,
    log,
    metrics,
    checks: {
      ...projectionChecks(projections),
      database: databaseCheck(database),
    },
    notes: { log: () => transparencyLog.status().problem ?? undefined },
  })
  const noteRead = createNoteRead(bus)
  addAuditRoutes(api, { database, noteRead, streamFills: streamWatch.fills })
  const live = createLiveExchanges(database)
  addExchangeRoutes(api, { database, noteRead, live })
  const publisher = stack.adopt(createPublisher(bus), (publisher) => publisher.close())
  addImportRoutes(api, { bus, publisher, database })
  addDeadLetterRoutes(api, 'audit', deadLetters)
  addServiceRoutes(api, 'audit', { projections, settings: config.settings })
  addFigureRoutes(api, { database, projections })
  addErasureRoutes(api, { bus, database, control: projections.control, erasing })
  addRetentionRoutes(api, {
    bus,
    database,
    control: projections.control,
    configured: config.retention,
    problem: retaining.problem,
    wake() {
      retainingContent.wake()
      retaining.wake()
      erasing.wake()
    },
  })
  addChangeRoutes(api, database)
  addLogRoutes(api, { bus, database, log: transparencyLog, noteRead })
  stack.use(await listen(api.app, config))
  // Before the server waits for what is under way: who follows would stay.
  stack.use(live)
  return running(stack)
}
