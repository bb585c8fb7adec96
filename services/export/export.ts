import { mkdir } from 'node:fs/promises'
import {
  connectBus,
  createDeadLetters,
  observeProjections,
  projectionChecks,
  runProjection,
} from '@airs-cp/bus'
import { eventTypes } from '@airs-cp/events'
import { databaseCheck, openDatabase } from '@airs-cp/postgres'
import {
  addDeadLetterRoutes,
  createApi,
  createMetrics,
  type Logger,
  listen,
  type Running,
} from '@airs-cp/runtime'
import type { ExportConfig } from './config.ts'
import { expireExports } from './expire-exports.ts'
import { queuedExports } from './exports.ts'
import { openExportFiles } from './open-export-files.ts'
import { exportProjection } from './projection.ts'
import { openQueue } from './queue.ts'
import { removeFiles } from './remove-files.ts'
import { addExportRoutes } from './routes.ts'
import { runEvery } from './run-every.ts'
import type { ExportTables } from './tables.ts'

const expiryIntervalMs = 60_000
const removalIntervalMs = 5_000

/** The export API: takes requests for exports, puts them in the queue, tells their state, hands out their files. */
export async function startExport(config: ExportConfig, log: Logger): Promise<Running> {
  await mkdir(config.directory, { recursive: true })
  const metrics = createMetrics('export')
  const bus = await connectBus({ url: config.natsUrl, name: 'export' })
  const database = openDatabase<ExportTables>({ url: config.databaseUrl, name: 'export' })
  const files = await openExportFiles(config)
  const queue = openQueue(config.databaseUrl)
  const traces = new Map<string, string>()
  const enqueue = async () => {
    for (const id of await queuedExports(database)) {
      await queue.add(id, traces.get(id))
      traces.delete(id)
    }
  }
  const enqueueSafely = () =>
    void enqueue().catch((err) => log.warn({ err }, 'cannot enqueue exports; trying again'))
  const projection = runProjection({
    bus,
    database,
    projection: exportProjection,
    onBatch(events) {
      for (const event of events)
        if (event.type === eventTypes.exportRequested && event.traceparent)
          traces.set(event.data.exportId, event.traceparent)
      enqueueSafely()
    },
    onProblem: (problem, error) => log.warn({ err: error }, problem),
  })
  const timer = setInterval(enqueueSafely, 5_000)
  const expire = () =>
    void expireExports({ bus, database, keepMs: config.keepMs }).catch((err) =>
      log.warn({ err }, 'cannot expire exports; trying again'),
    )
  const expiry = setInterval(expire, expiryIntervalMs)
  expire()
  const removal = runEvery(removalIntervalMs, () =>
    removeFiles({ database, queue, files }).catch((err) =>
      log.warn({ err }, 'cannot remove files of exports; trying again'),
    ),
  )
  observeProjections(metrics.meter, { control: projection })
  const api = createApi({
    service: 'export',
    access: config.access,
    log,
    metrics,
    checks: { ...projectionChecks({ control: projection }), database: databaseCheck(database) },
  })
  addExportRoutes(api, { bus, database, projection, queue, files })
  addDeadLetterRoutes(api, 'export', createDeadLetters(database, 'export', [exportProjection]))
  const server = await listen(api.app, config)
  return {
    async close() {
      clearInterval(timer)
      clearInterval(expiry)
      await removal.stop()
      await server.close()
      await projection.close()
      await queue.close()
      files.close()
      await bus.drain()
      await database.destroy()
    },
  }
}
