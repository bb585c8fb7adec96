import { createHash } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { TimeRange } from './date-range.ts'
import type { ExportProgress } from './queue.ts'
import type { ExportTables } from './tables.ts'

export type WrittenFile = { rows: number; bytes: number; sha256: string }

type Page = { event: string; id: string; at: string }

const pageSize = 5_000

/**
 * Writes the events of a range to `file`, one per line, each exactly as recorded, ordered by time and id. One snapshot
 * of Postgres is read, so what is counted is what is written; the file gets its name only when it is complete and synced.
 * @throws when the number of rows written is not the number counted, or the disk or Postgres fails. No file is left then.
 */
export async function writeEvents(
  database: Kysely<ExportTables>,
  range: TimeRange,
  file: string,
  onProgress: (progress: ExportProgress) => void,
): Promise<WrittenFile> {
  const part = `${file}.part`
  await mkdir(dirname(file), { recursive: true })
  const handle = await open(part, 'w', 0o600)
  try {
    const written = await database
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute((snapshot) => writePages(snapshot, range, handle, onProgress))
    await handle.sync()
    await handle.close()
    await rename(part, file)
    await syncDirectory(dirname(file))
    return written
  } catch (error) {
    await handle.close().catch(() => {})
    await rm(part, { force: true })
    throw error
  }
}

async function writePages(
  snapshot: Transaction<ExportTables>,
  range: TimeRange,
  handle: Awaited<ReturnType<typeof open>>,
  onProgress: (progress: ExportProgress) => void,
): Promise<WrittenFile> {
  const totalRows = await countRows(snapshot, range)
  const hash = createHash('sha256')
  let rows = 0
  let bytes = 0
  for await (const page of pages(snapshot, range)) {
    const chunk = Buffer.from(`${page.map(({ event }) => event).join('\n')}\n`, 'utf8')
    hash.update(chunk)
    await handle.appendFile(chunk)
    rows += page.length
    bytes += chunk.length
    onProgress({ rows, totalRows, bytes })
  }
  if (rows !== totalRows) throw new Error(`${rows} rows were written, but ${totalRows} were counted`)
  return { rows, bytes, sha256: hash.digest('hex') }
}

async function countRows(snapshot: Transaction<ExportTables>, range: TimeRange): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from audit.recorded_events where ${within(range)}`.execute(snapshot)
  return rows[0]!.count
}

async function* pages(snapshot: Transaction<ExportTables>, range: TimeRange): AsyncGenerator<Page[]> {
  let last: Page | undefined
  for (;;) {
    const page = await readPage(snapshot, range, last)
    last = page.at(-1)
    if (!last) return
    yield page
  }
}

async function readPage(
  snapshot: Transaction<ExportTables>,
  range: TimeRange,
  last: Page | undefined,
): Promise<Page[]> {
  const after = last ? sql`and (time, id) > (${last.at}::timestamptz, ${last.id}::uuid)` : sql``
  const { rows } = await sql<Page>`
    select event, id, time::text as at from audit.recorded_events
    where ${within(range)} ${after} order by time, id limit ${sql.lit(pageSize)}`.execute(snapshot)
  return rows
}

function within({ from, until }: TimeRange) {
  return sql`time >= ${from?.toISOString() ?? '-infinity'}::timestamptz
    and time < ${until?.toISOString() ?? 'infinity'}::timestamptz`
}

/** A rename is durable only when its directory is. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
