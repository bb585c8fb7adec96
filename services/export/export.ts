import { mkdir } from 'node:fs/promises'
import {
  connectBus,
  createDeadLetters,
  eraseDeadLetters,
  expireDeadLetters,
  observeProjections,
  projectionChecks,
  runProjection,
} from '@airs-cp/bus'
import { eventTypes } from '@airs-cp/events'
import { databaseCheck, openDatabase, pruneTables, tableSizes } from '@airs-cp/postgres'
import {
  addDeadLetterRoutes,
  addServiceRoutes,
  createApi,
  createMetrics,
  keepTables,
  type Logger,
  listen,
  logRecoveries,
  logRecovery,
  type Running,
  repeat,
  running,
} from '@airs-cp/runtime'
import { openArchiveQueue } from './archive/archive-queue.ts'
import { daysIn } from './archive/days.ts'
import { openArchiveStore } from './archive/open-archive-store.ts'
import { remakeErased } from './archive/remake-erased.ts'
import { addArchiveRoutes } from './archive/routes.ts'
import type { ExportConfig } from './config.ts'
import { queuedExports } from './exports.ts'
import { deleteErased, expireExports } from './files/expire-exports.ts'
import { openExportFiles } from './files/open-export-files.ts'
import { removeFiles } from './files/remove-files.ts'
import { exportProjection } from './projection.ts'
import { openQueue } from './queue.ts'
import { addExportRoutes } from './routes.ts'
import type { ExportTables } from './tables.ts'

const enqueueIntervalMs = 5_000
const expiryIntervalMs = 60_000
const removalIntervalMs = 5_000

import { exportSchema } from './schema.ts'

/** The export API: takes requests for exports, puts them in the queue, reports their state, hands out their files. */
export async function startExport(config: ExportConfig, log: Logger): Promise<Running> {
  await using stack = new AsyncDisposableStack()
  await mkdir(config.directory, { recursive: true })
  const metrics = createMetrics('export')
  const database = stack.use(openDatabase<ExportTables>({ url: config.databaseUrl, name: 'export' }))
  const bus = stack.adopt(await connectBus({ url: config.natsUrl, name: 'export' }), (bus) => bus.drain())
  const files = stack.adopt(await openExportFiles(config), (files) => files.close())
  const queue = stack.adopt(openQueue(config.databaseUrl), (queue) => queue.close())
  const archiveStore = stack.adopt(await openArchiveStore(config), (store) => store.close())
  const archiveQueue = stack.adopt(openArchiveQueue(config.databaseUrl), (queue) => queue.close())
  const traces = new Map<string, string>()
  const enqueuing = stack.use(
    repeat({
      everyMs: enqueueIntervalMs,
      async work() {
        for (const { id, kind } of await queuedExports(database)) {
          await queue.add(id, kind, traces.get(id))
          traces.delete(id)
        }
      },
      ...logRecovery(log, 'cannot enqueue exports; trying again'),
    }),
  )
  let failedDays = 0
  const enqueuingDays = stack.use(
    repeat({
      everyMs: enqueueIntervalMs,
      async work() {
        for (const row of await daysIn(database, 'queued')) await archiveQueue.add(row)
        failedDays = (await daysIn(database, 'failed')).length
      },
      ...logRecovery(log, 'cannot enqueue days to archive; trying again'),
    }),
  )
  stack.use(
    repeat({
      everyMs: removalIntervalMs,
      work: () => remakeErased({ bus, database }),
      ...logRecovery(log, 'cannot have days archived again whose content was erased; trying again'),
    }),
  )
  stack.use(
    repeat({
      everyMs: expiryIntervalMs,
      work: () => expireExports({ bus, database, keepMs: config.keepMs }),
      ...logRecovery(log, 'cannot expire exports; trying again'),
    }),
  )
  stack.use(
    repeat({
      everyMs: removalIntervalMs,
      work: () => deleteErased({ bus, database }),
      ...logRecovery(log, 'cannot delete exports of erased content; trying again'),
    }),
  )
  stack.use(
    repeat({
      everyMs: removalIntervalMs,
      work: () => removeFiles({ database, queue, files }),
      ...logRecovery(log, 'cannot remove files of exports; trying again'),
    }),
  )
  const projection = runProjection({
    bus,
    database,
    projection: exportProjection,
    onBatch(events) {
      for (const event of events)
        if (event.type === eventTypes.exportRequested && event.traceparent)
          traces.set(event.data.exportId, event.traceparent)
      enqueuing.wake()
      enqueuingDays.wake()
    },
    ...logRecoveries(log),
  })
  stack.use(projection)
  observeProjections(metrics.meter, { control: projection })
  metrics.meter
    .createObservableGauge('airs.archive.failed_days', {
      description: 'Days whose archive could not be written, until it is asked for again',
    })
    .addCallback((result) => result.observe(failedDays))
  stack.use(
    keepTables({
      metrics,
      log,
      sizes: () => tableSizes(database, 'export'),
      prune: async () =>
        (await pruneTables(database, exportSchema)) +
        (await eraseDeadLetters(database, 'export')) +
        (await expireDeadLetters(database, 'export')),
    }),
  )
  const api = createApi({
    service: 'export',
    access: config.access,
    log,
    metrics,
    checks: { ...projectionChecks({ control: projection }), database: databaseCheck(database) },
  })
  addExportRoutes(api, { bus, database, projection, queue, files })
  addArchiveRoutes(api, { bus, database, projection, store: archiveStore })
  addDeadLetterRoutes(api, 'export', createDeadLetters(database, 'export', [exportProjection]))
  addServiceRoutes(api, 'export', { projections: { control: projection }, settings: config.settings })
  stack.use(await listen(api.app, config))
  return running(stack)
}
