import { findEventType } from '@airs-cp/client'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { eventLine } from '../event-line.ts'
import { readCount } from '../read-count.ts'
import { writeOut } from '../write-out.ts'

type Options = { session?: string; exchange?: string; type?: string; lines: number }

export function configureTail(command: Command, context: Context): void {
  command
    .description(
      'Watch events as they are recorded, one line each; with --json exactly as recorded. Ctrl-C ends it.',
    )
    .option('--session <id>', 'only of this session')
    .option('--exchange <id>', 'only of this exchange')
    .option('--type <type>', 'only of this type, such as request-blocked')
    .option('-n, --lines <count>', 'begin with so many of the latest events', readCount, 10)
    .action((options: Options) => tail(context, options))
}

async function tail(context: Context, { lines, type, ...filter }: Options): Promise<void> {
  const events = context.client().events.follow({
    ...filter,
    content: context.isJson(),
    ...(type !== undefined && { type: await findEventType(type) }),
    last: lines,
    onTrouble: (error) => context.note(error ? `${error.message}; waiting for it.` : 'It is back.'),
  })
  for await (const { json, event } of events)
    await writeOut(context.io.stdout, `${context.isJson() ? json : eventLine(event, context.paint)}\n`)
}
