import { dirname } from 'node:path'
import { DuckDbMissingError } from '@airs-cp/archive'
import { appendControlEvent, type Bus } from '@airs-cp/bus'
import { type ArchiveFailed, eventTypes, uuidFrom } from '@airs-cp/events'
import { makeDirectory } from '@airs-cp/files'
import type { Manifest } from '@airs-cp/manifest'
import type { Database } from '@airs-cp/postgres'
import type { Logger } from '@airs-cp/runtime'
import { createPostgresBackend, type Job, UnrecoverableError, Worker } from 'bullmq'
import { type AssertAlone, oneRunAtATime } from '../one-run-at-a-time.ts'
import packageJson from '../package.json' with { type: 'json' }
import { queueConnection } from '../queue.ts'
import type { ExportTables } from '../tables.ts'
import { removeExportFiles, writeExport } from '../writing/write-export.ts'
import { type ArchiveJob, archiveQueueName } from './archive-queue.ts'
import { type ArchiveStore, ForeignArchiveError } from './archive-store.ts'
import { type ArchiveRow, findDay } from './days.ts'

const source = '/airs/export-worker'

type Parts = {
  bus: Bus
  databaseUrl: string
  database: Database<ExportTables>
  store: ArchiveStore
  log: Logger
  alone: (name: string) => Parameters<typeof oneRunAtATime>[0]
}

/**
 * Writes days of the archive, one at a time. A job may run twice, but not at the same time: it writes the same day again, and its events
 * have fixed ids, so the second run changes nothing.
 */
export function startArchiving(parts: Parts) {
  const { databaseUrl, store, log } = parts
  const worker = new Worker(
    archiveQueueName,
    ({ data }: Job<ArchiveJob>) =>
      oneRunAtATime(parts.alone(`archive ${data.day}`), (assertAlone) => archive(parts, data, assertAlone)),
    {
      connection: queueConnection(databaseUrl),
      concurrency: 1,
      lockDuration: 10_000,
      stalledInterval: 5_000,
      maxStalledCount: 3,
    },
    createPostgresBackend,
  )
  worker.on('failed', (job, error) => {
    log.error({ err: error, day: job?.data.day }, 'a day could not be archived')
    if (!job || (job.attemptsMade < (job.opts.attempts ?? 1) && !(error instanceof UnrecoverableError)))
      return
    const { day, attempt } = job.data
    removeExportFiles(store.workFile(day))
      .then(() => giveUp(parts, { day, attempt, error: error.message }))
      .catch((err) => log.error({ err }, 'cannot record that a day could not be archived'))
  })
  return worker
}

async function archive(parts: Parts, { day, attempt }: ArchiveJob, assertAlone: AssertAlone): Promise<void> {
  const { bus, database, store } = parts
  const row = await findDay(database, day)
  if (row?.state !== 'queued' || row.attempt !== attempt) return
  try {
    const { manifest, asOf } = await write(parts, row, assertAlone)
    await store.keep(manifest, day, (origin) => isOwnLog(database, origin))
    const [{ bytes, sha256 }] = manifest.files as [Manifest['files'][0]]
    const { generation, first_leaf: from, until_leaf: until } = row
    await appendControlEvent(
      bus,
      source,
      eventTypes.dayArchived,
      { day, generation, from, until, attempt, rows: manifest.rows, bytes, sha256, manifest, asOf },
      { id: uuidFrom('day archived', day, String(generation), String(attempt)) },
    )
  } catch (error) {
    throw describeFailure(error, store)
  }
}

async function write({ databaseUrl, store }: Parts, row: ArchiveRow, assertAlone: AssertAlone) {
  const { day, first_leaf: from, until_leaf: until } = row
  /** Nobody stops a day; only another run of it does. */
  const isStopped = async () => {
    assertAlone()
    return false
  }
  const file = store.workFile(day)
  await makeDirectory(dirname(file))
  let asOf = new Date().toISOString()
  const manifest = await writeExport({
    databaseUrl,
    request: {
      ...{
        kind: 'events',
        format: 'parquet',
        compression: 'none',
        includeLineage: false,
        range: {},
        filters: {},
      },
      archive: { day, leaves: { from, until } },
    },
    file,
    made: {
      exportId: `archive ${day}`,
      at: new Date().toISOString(),
      by: row.actor,
      software: { name: 'airs-cp', version: packageJson.version },
    },
    coverage: { upTo: 0, isCovered: true },
    onBegun(at) {
      asOf = at
    },
    onProgress() {},
    isStopped,
    isStoppedAtLast: isStopped,
  })
  if (manifest.rows !== until - from)
    throw new UnrecoverableError(
      `${until - from - manifest.rows} events of this day are not in the event store any more`,
    )
  return { manifest, asOf }
}

async function isOwnLog(database: Database<ExportTables>, origin: string): Promise<boolean> {
  const found = await database
    .selectFrom('audit.recorded_checkpoints')
    .select('generation')
    .where('origin', '=', origin)
    .executeTakeFirst()
  return found !== undefined
}

/** What stays so for the next attempts is not tried again. */
function describeFailure(error: unknown, { location }: ArchiveStore): unknown {
  if (error instanceof DuckDbMissingError || error instanceof ForeignArchiveError)
    return new UnrecoverableError(error.message)
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  const place = location.kind === 'folder' ? location.directory : 'the folder of unfinished archives'
  return new UnrecoverableError(
    `No space is left in ${place}: make room there, then run airs archive again. Nothing was lost: the events are in the event store`,
  )
}

async function giveUp({ bus }: Parts, failure: ArchiveFailed): Promise<void> {
  await appendControlEvent(bus, source, eventTypes.archiveFailed, failure, {
    id: uuidFrom('archive failed', failure.day, String(failure.attempt)),
  })
}
