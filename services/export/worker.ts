import { appendControlEvent, type Bus, connectBus } from '@airs-cp/bus'
import { eventTypes, uuidFrom } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import type { Logger, Running } from '@airs-cp/runtime'
import { createPostgresBackend, type Job, UnrecoverableError, Worker } from 'bullmq'
import type { Kysely } from 'kysely'
import { awaitAudit } from './await-audit.ts'
import type { ExportConfig } from './config.ts'
import { exportFile } from './export-file.ts'
import { findExport } from './exports.ts'
import { type ExportJob, queueConnection, queueName } from './queue.ts'
import type { ExportTables } from './tables.ts'
import { traceExport } from './trace-export.ts'
import { writeEvents } from './write-events.ts'

const source = '/airs/export-worker'
const progressIntervalMs = 250

/**
 * Runs exports from the queue. A job may run twice (a worker was killed, or stalled): it writes the same bytes to the
 * same file, and its events have fixed ids, so the second run changes nothing.
 */
export async function startExportWorker(config: ExportConfig, log: Logger): Promise<Running> {
  const bus = await connectBus({ url: config.natsUrl, name: 'export-worker' })
  const database = openDatabase<ExportTables>({ url: config.databaseUrl, name: 'export-worker' })
  const worker = new Worker(
    queueName,
    (job: Job<ExportJob>) =>
      traceExport(database, job.data, () => runExport({ bus, database, directory: config.directory, job })),
    {
      connection: queueConnection(config.databaseUrl),
      concurrency: config.concurrency,
      lockDuration: 10_000,
      stalledInterval: 5_000,
      maxStalledCount: 3,
    },
    createPostgresBackend,
  )
  worker.on('error', (err) => log.warn({ err }, 'export queue is not reachable; trying again'))
  worker.on('failed', async (job, error) => {
    log.error({ err: error, exportId: job?.data.exportId }, 'export failed')
    if (!job || (job.attemptsMade < (job.opts.attempts ?? 1) && !(error instanceof UnrecoverableError)))
      return
    await appendControlEvent(
      bus,
      source,
      eventTypes.exportFailed,
      { exportId: job.data.exportId, error: error.message },
      { id: uuidFrom(job.data.exportId, 'failed') },
    ).catch((err) => log.error({ err }, 'cannot record that an export failed'))
  })
  return {
    async close() {
      await worker.close()
      await bus.drain()
      await database.destroy()
    },
  }
}

async function runExport({
  bus,
  database,
  directory,
  job,
}: {
  bus: Bus
  database: Kysely<ExportTables>
  directory: string
  job: Job<ExportJob>
}): Promise<void> {
  const { exportId } = job.data
  const row = await findExport(database, exportId)
  if (row?.state !== 'queued') return
  await awaitAudit(bus, database)
  let toldAt = 0
  const written = await writeEvents(
    database,
    { ...(row.from && { from: new Date(row.from) }), ...(row.until && { until: new Date(row.until) }) },
    exportFile(directory, row),
    (progress) => {
      if (Date.now() - toldAt < progressIntervalMs) return
      toldAt = Date.now()
      job.updateProgress(progress).catch(() => {
        // Progress is a courtesy; the job fails by itself when Postgres is away.
      })
    },
  )
  await appendControlEvent(
    bus,
    source,
    eventTypes.exportCompleted,
    { exportId, ...written },
    { id: uuidFrom(exportId, 'completed') },
  )
}
