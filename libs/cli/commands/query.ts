import type { Cell, QueryResult } from '@airs-cp/archive'
import { csvRecord } from '@airs-cp/manifest'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatNumberOf } from '../format.ts'
import { printable } from '../printable.ts'
import { collectFiles, type FileOptions } from '../query/collect-files.ts'
import { unlessAborted, withScratch } from '../query/scratch.ts'
import { formatTable } from '../table.ts'
import { writeOut } from '../write-out.ts'

type QueryOptions = FileOptions & { csv?: true }

const mostTableRows = 10_000

export function configureQuery(command: Command, context: Context): void {
  command
    .description(
      'Ask the archive and what is not archived yet in SQL (DuckDB): views "events" and "exchanges". It reads and writes nothing else, and loads no extension.',
    )
    .argument('<sql>', 'a query, such as "select model, count(*) from exchanges group by 1"')
    .option(
      '--archive <place>',
      'a folder or s3://BUCKET/PREFIX of archived days, read without AIRS-CP (default: the archive of AIRS-CP, and its event store)',
    )
    .option('--file <file...>', 'exports of events as JSON Lines (.gz and .zst too), beside the archive')
    .option('--from <day>', 'archived days from this one on')
    .option('--to <day>', 'archived days up to this one, included')
    .option('--no-store', 'leave out what is not archived yet')
    .option('--csv', 'print CSV')
    .addHelpText(
      'after',
      `
Columns: airs query "describe events", airs query "describe exchanges". Times are in UTC.
From AIRS-CP, files come over its API with the role exporter, and each read is an event.`,
    )
    .action((sql: string, options: QueryOptions) => query(context, sql, options))
}

async function query(context: Context, sql: string, options: QueryOptions): Promise<void> {
  const { openQuery, QueryError } = await import('@airs-cp/archive')
  const signal = context.interruption()
  await withScratch(async (scratch) => {
    const files = await collectFiles(context, options, scratch, signal)
    async function ask(): Promise<void> {
      await using open = await openQuery(files, scratch)
      await print(context, await open.run(sql), options)
    }
    try {
      await unlessAborted(signal, ask())
    } catch (error) {
      if (!(error instanceof QueryError)) throw error
      throw new CommandError(exitCodes.usage, 'query_failed', error.message)
    }
  })
}

async function print(context: Context, { columns, rows }: QueryResult, { csv }: QueryOptions): Promise<void> {
  const { stdout } = context.io
  if (csv) {
    await writeOut(stdout, Buffer.from(csvRecord(columns)))
    for await (const row of rows) await writeOut(stdout, Buffer.from(csvRecord(row.map(csvCell))))
    return
  }
  if (context.isJson()) {
    const found: Record<string, Cell>[] = []
    for await (const row of rows)
      found.push(Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null])))
    return context.result({ columns, rows: found }, () => '')
  }
  const shown: string[][] = [columns.map((name) => context.paint('bold', printable(name)))]
  for await (const row of rows) {
    if (shown.length > mostTableRows) {
      context.note(`Only the first ${formatNumberOf(mostTableRows, 'row')} are shown; --csv prints all.`)
      break
    }
    shown.push(row.map(cellText))
  }
  context.line(formatTable(shown))
  context.note(formatNumberOf(shown.length - 1, 'row'))
}

function cellText(cell: Cell): string {
  return printable(String(csvCell(cell) ?? ''))
}

function csvCell(cell: Cell): string | number | null {
  if (cell === null || typeof cell === 'number') return cell
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
}
