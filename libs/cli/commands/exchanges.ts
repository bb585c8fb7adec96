import type { ExchangeQuery, FoundExchange } from '@airs-cp/client'
import { actions, exchangeStates } from '@airs-cp/events'
import { Argument, type Command, Option } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { describeConversation } from '../describe-conversation.ts'
import { describeExchange } from '../describe-exchange.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatBytes, formatInstant } from '../format.ts'
import { limitNote } from '../limit-note.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'
import { fromHelp, readTimeRange, toHelp } from '../time-range.ts'
import { writeOut } from '../write-out.ts'

const sides = ['request', 'response', 'delivered'] as const

type SearchOptions = Omit<ExchangeQuery, 'from' | 'until' | 'limit' | 'text'> & {
  from?: string
  to?: string
  limit: number
}

export function configureExchanges(command: Command, context: Context): void {
  addFilters(command.command('list', { isDefault: true }))
    .description('List exchanges, newest first, one line each.')
    .action((options: SearchOptions) => search(context, undefined, options))
  addFilters(command.command('search'))
    .description('Search what was said, newest first: words, "phrases", or, -not.')
    .argument('<text...>', 'such as: refund "last invoice" -test')
    .action((text: string[], options: SearchOptions) => search(context, text.join(' '), options))
  command
    .command('show')
    .description(
      'Show an exchange: its conversation as a person reads it, what was found in it, what was decided.',
    )
    .argument('<id>', 'its id, as in X-AIRS-Exchange-ID')
    .option('--no-content', 'without what was said')
    .action((id: string, { content }: { content: boolean }) => show(context, id, content))
  command
    .command('body')
    .description('Print a body of an exchange exactly as it was recorded.')
    .argument('<id>', 'its id, as in X-AIRS-Exchange-ID')
    .addArgument(new Argument('[side]', 'which body').choices(sides).default('request'))
    .action((id: string, side: string) => printBody(context, id, side))
  command
    .command('values')
    .description('List the values that exchanges can be searched for.')
    .action(() => values(context))
}

function addFilters(command: Command): Command {
  return command
    .option('--from <time>', fromHelp)
    .option('--to <time>', toHelp)
    .option('--session <id>', 'only of this session')
    .option('--agent <name>', 'only of this agent')
    .option('--model <name>', 'only of this model, as asked for or as the provider names it')
    .option('--provider <name>', 'only of this provider')
    .option('--key <key>', 'only of this client key, by id or name')
    .option(
      '--credential <start>',
      'only by this credential: its fingerprint, or the first 8 characters or more',
    )
    .option('--tag <tag>', 'only with this tag')
    .option('--policy <name>', 'only where this policy asked for another action than allow')
    .option(
      '--verdict <verdict>',
      'only where a policy asked for this: an action, enforced or observed, or both (block:observed)',
    )
    .option('--finding <type>', 'only where this was found, such as EMAIL')
    .addOption(new Option('--decision <action>', 'only where this was done').choices(actions))
    .option('--status <status>', 'only with this status (403) or class of it (4xx)')
    .addOption(new Option('--state <state>', 'only in this state').choices(exchangeStates))
    .option('-n, --limit <count>', 'how many at most', readCount, 50)
}

async function search(
  context: Context,
  text: string | undefined,
  { from, to, limit, ...filter }: SearchOptions,
): Promise<void> {
  const range = await readTimeRange({ from, to }, context.note)
  const found: FoundExchange[] = []
  const query = { ...filter, ...range, ...(text !== undefined && { text }), limit }
  for await (const exchange of context.client().exchanges.search(query)) found.push(exchange)
  context.result({ exchanges: found }, () => {
    if (found.length === 0) return 'No such exchanges.'
    const header = ['when', 'state', 'model or tool', 'session', 'decision', 'findings', 'status', 'exchange']
    return formatTable([header.map((title) => context.paint('bold', title)), ...found.map(rowOf)])
  })
  const note = limitNote(found.length, limit)
  if (note) context.note(note)
}

function rowOf(exchange: FoundExchange): string[] {
  const { requestedAt, endedAt, state, model, operation, session, decision, policies, findingTypes, status } =
    exchange
  const at = requestedAt ?? endedAt
  return [
    at === null ? '-' : formatInstant(at),
    state,
    operation ?? model ?? '-',
    session ?? '-',
    [decision ?? '-', policies.length > 0 ? `(${policies.join(', ')})` : ''].filter(Boolean).join(' '),
    findingTypes.join(', ') || '-',
    status === null ? '-' : String(status),
    exchange.exchange,
  ].map(printable)
}

async function show(context: Context, id: string, withContent: boolean): Promise<void> {
  const { exchanges } = context.client()
  const details = await exchanges.get(id)
  const conversation = withContent ? await exchanges.conversation(id) : undefined
  context.result({ ...details, ...(conversation && { conversation }) }, () =>
    [
      describeExchange(details, context.paint),
      ...(conversation ? ['', describeConversation(conversation, context.paint)] : []),
    ].join('\n'),
  )
}

async function printBody(context: Context, id: string, side: string): Promise<void> {
  const { exchanges } = context.client()
  const { bodies } = await exchanges.get(id)
  const recorded = bodies.find((body) => body.side === side)
  if (!recorded) {
    const others = bodies.map((body) => body.side).join(', ') || 'none'
    throw new CommandError(
      exitCodes.failed,
      'no_body',
      `Exchange ${id} has no body ${side}; recorded: ${others}.`,
    )
  }
  const body = await exchanges.body(id, recorded.sha256)
  const what = `The ${side} of exchange ${id} (${printable(recorded.mediaType)}, ${formatBytes(recorded.bytes)})`
  if (body === null)
    throw new CommandError(
      exitCodes.failed,
      'not_recorded',
      `${what} is not recorded, or not any more; its SHA-256 is ${recorded.sha256}.`,
    )
  const isText = typeof body === 'string'
  if (context.isJson())
    return context.result(
      { ...recorded, ...(isText ? { text: body } : { base64: body.toString('base64') }) },
      () => '',
    )
  if (!isText && context.io.stdout.isTTY)
    throw new CommandError(
      exitCodes.failed,
      'no_text',
      `${what} is no text, so a terminal cannot show it. Write it into a file: airs exchanges body ${id} ${side} > FILE`,
    )
  await writeOut(context.io.stdout, isText ? Buffer.from(body) : body)
}

async function values(context: Context): Promise<void> {
  const found = await context.client().exchanges.values()
  context.result({ values: found }, () =>
    formatTable(
      Object.entries(found).map(([kind, list]) => [
        context.paint('bold', kind),
        list.map(printable).join(', ') || '-',
      ]),
    ),
  )
}
