import { mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { removeParts } from '@airs-cp/archive'
import type { ExportFilters, ExportRequested } from '@airs-cp/events'
import { replaceFile, syncDirectory } from '@airs-cp/files'
import {
  type ArchivedDay,
  csvRecord,
  formatProofLine,
  type Manifest,
  type ManifestProof,
  manifestName,
  proofHeading,
  proofName,
  type RowProof,
  SequenceRanges,
  Tally,
} from '@airs-cp/manifest'
import { openSnapshot, type Snapshot } from '@airs-cp/postgres'
import { repeat } from '@airs-cp/runtime'
import { sql } from 'kysely'
import type { ExportProgress } from '../queue.ts'
import type { TimeRange } from '../selection/date-range.ts'
import { findPieces } from '../selection/pieces.ts'
import { hasFilters, isOutside, type Selection } from '../selection/selection.ts'
import { sources } from '../sources/index.ts'
import { loggedEvents } from '../sources/logged-events.ts'
import type { Source } from '../sources/source.ts'
import type { ExportTables } from '../tables.ts'
import type { LogCoverage } from './await-log.ts'
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { compressFile } from './compress-file.ts'
import { type ExportedLog, findPublishedLog, linesBesideRows } from './log-proof.ts'
import { packParquet } from './pack-parquet.ts'
import { openRowsFile, type RowsFile } from './rows-file.ts'

export type ExportJobRequest = {
  kind: ExportRequested['kind']
  format: Manifest['format']
  compression: Manifest['compression']
  includeLineage: boolean
  range: TimeRange
  filters: ExportFilters
  /** Of the archive: what it has in place of a range. */
  archive?: ArchivedDay
}

export type WriteOptions = {
  databaseUrl: string
  request: ExportJobRequest
  /** The final name. */
  file: string
  made: Manifest['made']
  /** Hears when what it holds was read first. */
  onBegun?: (asOf: string) => void
  onProgress: (progress: ExportProgress) => void
  /** Asked between pages, and while Postgres works on one; true ends the export with `ExportStoppedError`. */
  isStopped: () => Promise<boolean>
  /** Asked once more before files get their final names; true as above. */
  isStoppedAtLast?: () => Promise<boolean>
  /** What `awaitLog` has found; without it, what there is. */
  coverage?: LogCoverage
  /** Rows after which what is written is synced, so that an interrupted export goes on from there. */
  partRows?: number
}

export class ExportStoppedError extends Error {
  override name = 'ExportStoppedError'
}

const defaultPartRows = 50_000

/**
 * Writes an export, its manifest and, of events as JSON Lines, its proof. One snapshot of Postgres is counted and read; rows go to `FILE.rows`, part by part,
 * each synced before it is noted in `FILE.checkpoint`. The file and its manifest get their names when they are complete
 * and on disk. An attempt after one that failed or was killed goes on behind its last part, if what that had counted
 * is still what there is.
 * @throws when the rows written are not the rows counted, or the disk or Postgres fails; ExportStoppedError.
 */
export async function writeExport(options: WriteOptions): Promise<Manifest> {
  const { request, file } = options
  await mkdir(dirname(file), { recursive: true })
  const source = request.archive ? loggedEvents : sources[request.kind]
  const rowsPath = `${file}.rows`
  const { tally, content, proof } = await writeRows(options, source, rowsPath)
  const whole = await finishFile(request, rowsPath, file, content)
  const manifest = describe(options, tally, content, whole, proof)
  if (await options.isStoppedAtLast?.()) throw new ExportStoppedError('The export was stopped at its end')
  if (proof) await rename(`${file}.proven`, proofName(file))
  await replaceFile(manifestName(file), `${JSON.stringify(manifest, null, 2)}\n`)
  await rename(whole.path, file)
  await syncDirectory(dirname(file))
  for (const path of [rowsPath, `${file}.checkpoint`]) await rm(path, { force: true })
  return manifest
}

/** Everything that an export has left or would leave under a name. */
export async function removeExportFiles(file: string): Promise<void> {
  for (const path of [file, manifestName(file), proofName(file)]) await rm(path, { force: true })
  await removeUnfinished(file)
}

/** What an export that is not complete has left; a complete one stays. */
export async function removeUnfinished(file: string): Promise<void> {
  for (const ending of ['rows', 'packed', 'checkpoint', 'proven'])
    await rm(`${file}.${ending}`, { force: true })
  await removeParts(`${file}.packed`)
}

type Content = { bytes: number; sha256: string }
type Written = { tally: Tally; content: Content; proof: ManifestProof | undefined }

async function writeRows(options: WriteOptions, source: Source, path: string): Promise<Written> {
  const { databaseUrl, isStopped } = options
  await using snapshot = await openSnapshot<ExportTables>({ url: databaseUrl, name: 'export-worker' })
  await using watch = cancelWhenStopped(snapshot, isStopped)
  try {
    return await writeAll(options, source, path, snapshot)
  } catch (error) {
    throw watch.hasCancelled() ? new ExportStoppedError('The export was cancelled', { cause: error }) : error
  }
}

const stopLookMs = 500

/** A query may take long before it gives its first row, and Postgres would go on with it when nobody waits any more. */
function cancelWhenStopped(
  snapshot: Snapshot<ExportTables>,
  isStopped: () => Promise<boolean>,
): AsyncDisposable & { hasCancelled(): boolean } {
  let hasCancelled = false
  const watch = repeat({
    everyMs: stopLookMs,
    async work() {
      if (!hasCancelled && !(await isStopped())) return
      hasCancelled = true
      await snapshot.cancel()
    },
    // Between pages it is asked again, and there an error counts.
    onProblem() {},
  })
  return { hasCancelled: () => hasCancelled, [Symbol.asyncDispose]: watch.close }
}

async function writeAll(
  options: WriteOptions,
  source: Source,
  path: string,
  snapshot: Snapshot<ExportTables>,
): Promise<Written> {
  const { request, file, onProgress, isStopped, partRows = defaultPartRows } = options
  const begun = await begin(options, source, snapshot)
  options.onBegun?.(begun.asOf)
  const { selection, totalRows } = begun
  const { log } = selection
  const tally = new Tally(begun.checkpoint?.tally)
  const startedAtMs = performance.now()
  await using rowsFile = await openRowsFile(path, begun.checkpoint?.bytes ?? 0)
  await using proofFile = log ? await openProof(file, log, begun.checkpoint) : undefined
  if (rowsFile.bytes === 0 && request.format === 'csv') await rowsFile.add(csvRecord(source.columns))
  for (let partFrom = -1; tally.rows > partFrom; ) {
    partFrom = tally.rows
    for await (const rows of source.rows(snapshot, selection, tally.last, partRows)) {
      if (await isStopped()) throw new ExportStoppedError('The export was cancelled')
      for (const row of rows) {
        tally.add(row)
        const adding =
          request.format === 'csv' ? rowsFile.add(csvRecord(row.cells())) : rowsFile.addLine(row.json)
        if (adding) await adding
        if (proofFile && row.proof) await proofFile.add(row.proof, isOutside(selection, row.time))
      }
      const elapsedMs = performance.now() - startedAtMs
      onProgress({ rows: tally.rows, totalRows, bytes: rowsFile.bytes, elapsedMs })
    }
    if (source.isStable && tally.rows > partFrom) await notePart(file, begun, rowsFile, tally, proofFile)
  }
  if (tally.rows !== totalRows)
    throw new Error(`${tally.rows} rows were written, but ${totalRows} were counted`)
  const sha256 = await rowsFile.sync()
  const content = { bytes: rowsFile.bytes, sha256 }
  return { tally, content, proof: await proofFile?.finish(snapshot, request) }
}

type ProofFile = Awaited<ReturnType<typeof openProof>>

/** `FILE.proven`, which becomes the proof of the export when it is complete. */
async function openProof(file: string, log: ExportedLog, checkpoint: Checkpoint | undefined) {
  const lines = await openRowsFile(`${file}.proven`, checkpoint?.proof?.bytes ?? 0)
  if (lines.bytes === 0) await lines.addLine(proofHeading)
  const leaves = new SequenceRanges(checkpoint?.proof?.leaves)
  const outside = new SequenceRanges(checkpoint?.proof?.outside)
  return {
    add(proof: RowProof, isOutside: boolean) {
      if (proof.kind !== 'unproven') (isOutside ? outside : leaves).add(proof.index + 1)
      return lines.addLine(formatProofLine(proof))
    },
    async state() {
      await lines.sync()
      return { log, bytes: lines.bytes, leaves: leaves.ranges(), outside: outside.ranges() }
    },
    async finish(
      snapshot: Snapshot<ExportTables>,
      { range, filters, archive }: ExportJobRequest,
    ): Promise<ManifestProof> {
      const of =
        hasFilters(filters) || archive ? 'filtered' : range.from || range.until ? range : 'everything'
      const leavesOf = (some: SequenceRanges) => some.ranges().map(([from, to]) => ({ from: from - 1, to }))
      const [rows, others] = [leavesOf(leaves), leavesOf(outside)]
      for await (const line of linesBesideRows(snapshot, log, rows, others, of)) await lines.addLine(line)
      const sha256 = await lines.sync()
      const name = basename(proofName(file))
      return { format: proofHeading, checkpoint: log.note, name, bytes: lines.bytes, sha256 }
    },
    [Symbol.asyncDispose]: () => lines[Symbol.asyncDispose](),
  }
}

type Begun = {
  key: string
  selection: Selection
  totalRows: number
  checkpoint: Checkpoint | undefined
  /** When what it holds was read first. */
  asOf: string
}

async function begin(
  { request, file, coverage }: WriteOptions,
  source: Source,
  snapshot: Snapshot<ExportTables>,
): Promise<Begun> {
  const key = JSON.stringify(request)
  const found = await readCheckpoint(`${file}.checkpoint`)
  const { range, filters, includeLineage, archive } = request
  if (found?.request === key) {
    const selection = {
      ...{ range, filters, includeLineage, leaves: archive?.leaves },
      upTo: found.upTo,
      log: found.proof?.log,
    }
    const whole = await withPieces(selection, request, snapshot)
    const totalRows = await source.count(snapshot, whole)
    if (totalRows === found.totalRows)
      return { key, selection: whole, totalRows, checkpoint: found, asOf: found.asOf }
  }
  const log =
    request.kind === 'events' && request.format !== 'csv'
      ? await findPublishedLog(snapshot, coverage?.isCovered ?? false)
      : undefined
  // The checkpoint may commit to more than was waited for: each of its leaves is a row.
  const upTo = await lastPosition(snapshot)
  const selected = { range, filters, includeLineage, leaves: archive?.leaves, upTo, log }
  const selection = await withPieces(selected, request, snapshot)
  const totalRows = await source.count(snapshot, selection)
  return { key, selection, totalRows, checkpoint: undefined, asOf: await beginningOf(snapshot) }
}

async function withPieces(
  selection: Selection,
  { kind, archive }: ExportJobRequest,
  snapshot: Snapshot<ExportTables>,
): Promise<Selection> {
  if (kind !== 'events' || archive) return selection
  return { ...selection, pieces: await findPieces(snapshot, selection) }
}

/** By the clock of Postgres, which says when content is erased too. */
async function beginningOf(snapshot: Snapshot<ExportTables>): Promise<string> {
  const { rows } = await sql<{ now: Date }>`select now() as now`.execute(snapshot.database)
  return rows[0]!.now.toISOString()
}

async function lastPosition(snapshot: Snapshot<ExportTables>): Promise<number> {
  const { rows } = await sql<{ last: number | null }>`
    select max(position) as last from audit.recorded_events`.execute(snapshot.database)
  return rows[0]?.last ?? 0
}

async function notePart(
  file: string,
  { key: request, selection: { upTo }, totalRows, asOf }: Begun,
  rowsFile: RowsFile,
  tally: Tally,
  proofFile: ProofFile | undefined,
): Promise<void> {
  await rowsFile.sync()
  await writeCheckpoint(`${file}.checkpoint`, {
    request,
    upTo,
    asOf,
    totalRows,
    bytes: rowsFile.bytes,
    tally: tally.state(),
    proof: await proofFile?.state(),
  })
}

async function finishFile(
  { compression, archive }: ExportJobRequest,
  rowsPath: string,
  file: string,
  content: Content,
): Promise<Content & { path: string }> {
  const path = `${file}.packed`
  if (archive) return { ...(await packParquet(rowsPath, path, archive, content.sha256)), path }
  if (compression === 'none') return { ...content, path: rowsPath }
  return { ...(await compressFile(rowsPath, path, compression)), path }
}

function describe(
  { request, file, made }: WriteOptions,
  tally: Tally,
  content: Content,
  whole: Content,
  proof: ManifestProof | undefined,
): Manifest {
  const { kind, format, compression, includeLineage, range, filters, archive } = request
  const { rows, counts, first, last } = tally.state()
  const place = (at: typeof first) => at && { ...at, time: new Date(at.time).toISOString() }
  return {
    manifest: 'airs-export/1',
    kind,
    format,
    compression,
    includeLineage,
    from: range.from?.toISOString() ?? null,
    until: range.until?.toISOString() ?? null,
    filters,
    rows,
    counts,
    first: place(first),
    last: place(last),
    journals: kind === 'events' && !hasFilters(filters) ? tally.journals() : null,
    content,
    files: [{ name: basename(file), bytes: whole.bytes, sha256: whole.sha256 }],
    ...(proof && { proof }),
    ...(archive && { archive }),
    made,
  }
}
