import { appendControlEvent, type Bus, connectBus } from '@airs-cp/bus'
import { eventTypes, uuidFrom } from '@airs-cp/events'
import type { Manifest } from '@airs-cp/manifest'
import { type Database, openDatabase } from '@airs-cp/postgres'
import { type Logger, logTrouble, type Running, repeat, running } from '@airs-cp/runtime'
import { createPostgresBackend, type Job, UnrecoverableError, Worker } from 'bullmq'
import { openArchiveStore } from './archive/open-archive-store.ts'
import { startArchiving } from './archive/run-archive.ts'
import type { ExportConfig } from './config.ts'
import { type ExportRow, findExport } from './exports.ts'
import { exportFile } from './files/export-file.ts'
import type { ExportFiles } from './files/export-files.ts'
import { openExportFiles } from './files/open-export-files.ts'
import { type AssertAlone, oneRunAtATime } from './one-run-at-a-time.ts'
import packageJson from './package.json' with { type: 'json' }
import { type ExportJob, queueConnection, queueNames } from './queue.ts'
import { hasFilters } from './selection/selection.ts'
import type { ExportTables } from './tables.ts'
import { awaitLog } from './writing/await-log.ts'
import { awaitProjection } from './writing/await-projection.ts'
import { traceExport } from './writing/trace-export.ts'
import { ExportStoppedError, removeUnfinished, writeExport } from './writing/write-export.ts'

const source = '/airs/export-worker'
const progressIntervalMs = 250
const stopCheckIntervalMs = 500

type Parts = {
  bus: Bus
  databaseUrl: string
  database: Database<ExportTables>
  directory: string
  files: ExportFiles
  log: Logger
}

/**
 * Runs exports from the queue. A job may run twice (a worker was killed, or stalled), but not at the same time: it writes to the
 * same file, and its events have fixed ids, so the second run changes nothing.
 */
export async function startExportWorker(config: ExportConfig, log: Logger): Promise<Running> {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(openDatabase<ExportTables>({ url: config.databaseUrl, name: 'export-worker' }))
  const bus = stack.adopt(await connectBus({ url: config.natsUrl, name: 'export-worker' }), (bus) =>
    bus.drain(),
  )
  const files = stack.adopt(await openExportFiles(config), (files) => files.close())
  const { databaseUrl, directory } = config
  const parts = { bus, databaseUrl, database, directory, files, log }
  const closing = new AbortController()
  const alone = (name: string) => ({ url: databaseUrl, name, signal: closing.signal })
  for (const name of queueNames) {
    const worker = new Worker(
      name,
      (job: Job<ExportJob>) =>
        traceExport(database, job.data, () =>
          oneRunAtATime(alone(`export ${job.data.exportId}`), (assertAlone) =>
            runExport(parts, job, assertAlone),
          ),
        ),
      {
        connection: queueConnection(config.databaseUrl),
        concurrency: config.concurrency,
        lockDuration: 10_000,
        stalledInterval: 5_000,
        maxStalledCount: 3,
      },
      createPostgresBackend,
    )
    stack.defer(() => worker.close())
    const queue = logTrouble(log, 'export queue is not reachable; trying again')
    worker.on('error', queue.failed)
    worker.on('active', queue.worked)
    worker.on('drained', queue.worked)
    worker.on('failed', (job, error) => {
      log.error({ err: error, exportId: job?.data.exportId }, 'export failed')
      if (!job || (job.attemptsMade < (job.opts.attempts ?? 1) && !(error instanceof UnrecoverableError)))
        return
      giveUp(parts, job.data.exportId, error).catch((err) =>
        log.error({ err }, 'cannot record that an export failed'),
      )
    })
  }
  const store = stack.adopt(await openArchiveStore(config), (store) => store.close())
  const archiving = startArchiving({ bus, databaseUrl, database, store, log, alone })
  stack.defer(() => archiving.close())
  const queue = logTrouble(log, 'archive queue is not reachable; trying again')
  archiving.on('error', queue.failed)
  archiving.on('active', queue.worked)
  archiving.on('drained', queue.worked)
  stack.defer(() => closing.abort())
  return running(stack)
}

async function runExport(parts: Parts, job: Job<ExportJob>, assertAlone: AssertAlone): Promise<void> {
  const { bus, databaseUrl, database, directory, files, log } = parts
  const { exportId } = job.data
  const row = await findExport(database, exportId)
  if (row?.state !== 'queued') return
  await awaitProjection(bus, database, 'audit')
  if (row.kind === 'sessions' || hasFilters(row.filters)) await awaitProjection(bus, database, 'lineage')
  const coverage = row.kind === 'events' && row.format === 'jsonl' ? await awaitLog(database) : undefined
  if (coverage?.isCovered === false)
    log.warn({ exportId }, 'the transparency log is behind: the export is made, but not all of it is proven')
  const file = exportFile(directory, row)
  const stopCheck = (intervalMs?: number) => {
    const isStopped = createStopCheck(database, exportId, intervalMs)
    return async () => {
      assertAlone()
      return isStopped()
    }
  }
  try {
    let asOf: string | undefined
    const manifest = await writeExport({
      databaseUrl,
      request: requestOf(row),
      ...(coverage && { coverage }),
      file,
      made: {
        exportId,
        at: new Date().toISOString(),
        by: row.actor,
        software: { name: 'airs-cp', version: packageJson.version },
      },
      onBegun(at) {
        asOf = at
      },
      onProgress: every(progressIntervalMs, (progress) => {
        job.updateProgress(progress).catch(() => {
          // Progress is a courtesy; the job fails by itself when Postgres is unavailable.
        })
      }),
      isStopped: stopCheck(),
      isStoppedAtLast: stopCheck(0),
    })
    await untilStopped(stopCheck(0), (signal) => files.keep(row, manifest, signal))
    const [{ bytes, sha256 }] = manifest.files as [Manifest['files'][0]]
    await appendControlEvent(
      bus,
      source,
      eventTypes.exportCompleted,
      { exportId, rows: manifest.rows, bytes, sha256, manifest, ...(asOf !== undefined && { asOf }) },
      { id: uuidFrom(exportId, 'completed') },
    )
  } catch (error) {
    if (!(error instanceof ExportStoppedError)) throw describeFailure(error, directory)
    // Another run of a job that stalled may have completed it: then the file is its, and stays.
    if ((await findExport(database, exportId))?.state === 'completed') return removeUnfinished(file)
    log.info({ exportId }, 'export was cancelled')
    await files.remove(row)
  }
}

function requestOf(row: ExportRow) {
  return {
    kind: row.kind,
    format: row.format,
    compression: row.compression,
    includeLineage: row.include_lineage,
    range: {
      ...(row.from && { from: new Date(row.from) }),
      ...(row.until && { until: new Date(row.until) }),
    },
    filters: row.filters,
  }
}

/**
 * Runs `work`, and aborts it with `ExportStoppedError` when the export is stopped meanwhile or was before: what is packed
 * or moved reads no pages, between which it would be asked.
 */
async function untilStopped(
  isStopped: () => Promise<boolean>,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController()
  const look = async () => {
    if (await isStopped()) controller.abort(new ExportStoppedError('The export was cancelled'))
  }
  {
    // Whether it is stopped is asked once more at the end, where an error counts.
    await using _ = repeat({ everyMs: stopCheckIntervalMs, work: look, onProblem() {} })
    await work(controller.signal)
  }
  await look()
  controller.signal.throwIfAborted()
}

/** Whoever cancels does it in another process: the state of the export is the sign. */
function createStopCheck(
  database: Database<ExportTables>,
  exportId: string,
  intervalMs = stopCheckIntervalMs,
): () => Promise<boolean> {
  let askedAtMs = Number.NEGATIVE_INFINITY
  return async () => {
    if (performance.now() - askedAtMs < intervalMs) return false
    askedAtMs = performance.now()
    return (await findExport(database, exportId))?.state !== 'queued'
  }
}

/** A disk that is full stays full for the next attempts. */
function describeFailure(error: unknown, directory: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new UnrecoverableError(
    `No space is left in ${directory}: make room there, or delete exports (airs exports delete), and ask again`,
  )
}

/** What is left of it the service removes. */
async function giveUp({ bus }: Parts, exportId: string, error: Error): Promise<void> {
  await appendControlEvent(
    bus,
    source,
    eventTypes.exportFailed,
    { exportId, error: error.message },
    { id: uuidFrom(exportId, 'failed') },
  )
}

function every<Value>(intervalMs: number, report: (value: Value) => void): (value: Value) => void {
  let reportedAtMs = Number.NEGATIVE_INFINITY
  return (value) => {
    if (performance.now() - reportedAtMs < intervalMs) return
    reportedAtMs = performance.now()
    report(value)
  }
}
