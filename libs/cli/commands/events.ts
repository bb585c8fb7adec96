import { type EventFilter, findEventType } from '@airs-cp/client'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { eventLine } from '../event-line.ts'
import { limitNote } from '../limit-note.ts'
import { printableLines } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { fromHelp, readTimeRange, toHelp } from '../time-range.ts'
import { writeOut } from '../write-out.ts'

type SearchOptions = {
  from?: string
  to?: string
  session?: string
  exchange?: string
  type?: string
  limit: number
  oldestFirst?: boolean
}

export function configureEvents(command: Command, context: Context): void {
  command
    .command('search', { isDefault: true })
    .description('Search recorded events, newest first, one line each; with --json exactly as recorded.')
    .option('--from <time>', fromHelp)
    .option('--to <time>', toHelp)
    .option('--session <id>', 'only of this session')
    .option('--exchange <id>', 'only of this exchange')
    .option('--type <type>', 'only of this type, such as request-blocked')
    .option('-n, --limit <count>', 'how many at most', readCount, 100)
    .option('--oldest-first', 'in the order in which they arrived')
    .action((options: SearchOptions) => search(context, options))
  command
    .command('show')
    .description('Show one event; with --json exactly as recorded.')
    .argument('<id>', 'its id')
    .action((id: string) => show(context, id))
}

async function search(context: Context, { limit, oldestFirst, ...options }: SearchOptions): Promise<void> {
  const filter = await readFilter(options, context.note)
  const order = oldestFirst ? 'ascending' : 'descending'
  let count = 0
  for await (const { json, event } of context
    .client()
    .events.search({ ...filter, order, limit, content: context.isJson() })) {
    count++
    await writeOut(context.io.stdout, `${context.isJson() ? json : eventLine(event, context.paint)}\n`)
  }
  const note = count === 0 ? 'No such events.' : limitNote(count, limit)
  if (note) context.note(note)
}

async function readFilter(
  { from, to, type, ...filter }: Omit<SearchOptions, 'limit' | 'oldestFirst'>,
  note: Context['note'],
): Promise<EventFilter> {
  return {
    ...filter,
    ...(await readTimeRange({ from, to }, note)),
    ...(type !== undefined && { type: await findEventType(type) }),
  }
}

async function show(context: Context, id: string): Promise<void> {
  const { json, event } = await context.client().events.get(id)
  context.line(context.isJson() ? json : printableLines(JSON.stringify(event, null, 2)))
}
