import { open, rename, rm } from 'node:fs/promises'
import { columnNames, columns, type Row, rowOf, tableDefinition } from './columns.ts'
import { type DuckDbAppender, literal, openDuckDb, type Session } from './duckdb.ts'

/** An event, and its place in the log. */
export type ArchivedEvent = { line: Buffer; leaf: number | null }

/** What is kept in memory before it becomes a part of the file. */
const mostPartBytes = 16 * 1024 * 1024
const mostPartRows = 50_000
const groupBytes = '32MB'

/**
 * Writes events into a Parquet file, in their order, and syncs it. Memory is bounded by the bytes of a part, whatever the size of the
 * events: parts are put together at the end. The parts stand beside the file until then, as `FILE.part0` and so on.
 * @throws DuckDbMissingError, or what the disk says: `code` is `ENOSPC` where it is full.
 */
export async function writeParquet(file: string, events: AsyncIterable<ArchivedEvent>): Promise<void> {
  const parts: string[] = []
  try {
    await using session = await openDuckDb({ preserve_insertion_order: 'false' })
    await session.connection.run(`create table part (${tableDefinition})`)
    const startPart = () => session.connection.createAppender('part')
    const endPart = async (appender: DuckDbAppender) => {
      appender.closeSync()
      const part = `${file}.part${parts.length}`
      parts.push(part)
      await copy(session, 'part', part)
      await session.connection.run('truncate part')
    }
    let appender = await startPart()
    let [rows, bytes] = [0, 0]
    for await (const { line, leaf } of events) {
      append(session, appender, rowOf(line.toString('utf8'), leaf))
      rows++
      bytes += line.length
      if (rows < mostPartRows && bytes < mostPartBytes) continue
      await endPart(appender)
      appender = await startPart()
      ;[rows, bytes] = [0, 0]
    }
    if (rows > 0 || parts.length === 0) await endPart(appender)
    else appender.closeSync()
    if (parts.length === 1) await rename(parts[0]!, file)
    else await copy(session, `read_parquet([${parts.map(literal).join(', ')}])`, file)
  } catch (error) {
    await rm(file, { force: true })
    throw withCode(error)
  } finally {
    for (const part of parts) await rm(part, { force: true })
  }
  await sync(file)
}

/** What an attempt that was killed may have left. */
export async function removeParts(file: string): Promise<void> {
  for (let at = 0; ; at++) {
    const part = `${file}.part${at}`
    try {
      await rm(part)
    } catch {
      return
    }
  }
}

function copy({ connection }: Session, from: string, to: string) {
  return connection.run(
    `copy (from ${from}) to ${literal(to)} (format parquet, compression zstd, row_group_size_bytes '${groupBytes}')`,
  )
}

function append({ duckdb }: Session, appender: DuckDbAppender, row: Row): void {
  for (const name of columnNames) {
    const value = row[name]
    if (value === null) {
      appender.appendNull()
      continue
    }
    switch (columns[name]) {
      case 'text':
        appender.appendVarchar(value as string)
        break
      case 'integer':
        appender.appendBigInt(BigInt(value as number))
        break
      case 'number':
        appender.appendDouble(value as number)
        break
      case 'boolean':
        appender.appendBoolean(value as boolean)
        break
      case 'time':
        appender.appendTimestamp(new duckdb.DuckDBTimestampValue(BigInt(value as number) * 1_000n))
        break
      case 'list':
        appender.appendList([...(value as string[])], duckdb.LIST(duckdb.VARCHAR))
        break
    }
  }
  appender.endRow()
}

/** For its owner alone, and on disk. */
async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.chmod(0o600)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** DuckDB reports a full disk by its sentence alone. */
function withCode(error: unknown): unknown {
  if (!(error instanceof Error) || 'code' in error) return error
  return /No space left on device/.test(error.message) ? Object.assign(error, { code: 'ENOSPC' }) : error
}
