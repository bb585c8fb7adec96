import type { Exchange, Session, SessionSummary } from '@airs-cp/client'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { describeLineage, nodeName } from '../describe-lineage.ts'
import { formatBytes, formatCount, formatInstant, formatNumberOf } from '../format.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'
import { fromHelp, readTimeRange, toHelp } from '../time-range.ts'

type ListOptions = { from?: string; to?: string; limit: number }
type ShowOptions = { lineage?: true; limit: number }
type TraceOptions = { forwards?: true; depth?: number; limit: number }

export function configureSessions(command: Command, context: Context): void {
  command
    .command('list', { isDefault: true })
    .description('List sessions by their last activity, newest first.')
    .option('--from <time>', `active since: ${fromHelp}`)
    .option('--to <time>', toHelp)
    .option('-n, --limit <count>', 'how many at most', readCount, 20)
    .action((options: ListOptions) => list(context, options))
  command
    .command('show')
    .description('Show a session with its exchanges in order.')
    .argument('<id>', 'its id, as in X-Session-ID')
    .option(
      '--lineage',
      'show what flowed through it, too: messages, tool calls, sources, and what came of them',
    )
    .option('-n, --limit <count>', 'how many exchanges at most, the first ones', readCount, 1_000)
    .action((id: string, { lineage, limit }: ShowOptions) =>
      lineage ? showLineage(context, id, limit) : show(context, id, limit),
    )
  command
    .command('trace')
    .description('Show what the response of an exchange was derived from, nearest first.')
    .argument('<exchange>', 'its id, as in X-AIRS-Exchange-ID')
    .option('--forwards', 'show what was derived from it instead')
    .option('--depth <steps>', 'how many steps at most', readCount)
    .option('-n, --limit <count>', 'how many pieces at most', readCount, 1_000)
    .action((exchange: string, options: TraceOptions) => trace(context, exchange, options))
}

async function list(context: Context, { limit, ...range }: ListOptions): Promise<void> {
  const sessions: SessionSummary[] = []
  const wanted = { ...(await readTimeRange(range, context.note)), limit }
  for await (const session of context.client().sessions.list(wanted)) sessions.push(session)
  context.result({ sessions }, () => {
    if (sessions.length === 0) return 'No sessions.'
    const header = ['session', 'whose', 'began', 'last active', 'exchanges'].map((title) =>
      context.paint('bold', title),
    )
    return formatTable([header, ...sessions.map(sessionRow)])
  })
}

function sessionRow({ session, caller, startedAt, lastActiveAt, exchanges }: SessionSummary): string[] {
  const counts = Object.entries(exchanges).map(([state, count]) => `${count} ${state}`)
  return [
    printable(session),
    printable(caller ?? '-'),
    formatInstant(startedAt),
    formatInstant(lastActiveAt),
    counts.join(', '),
  ]
}

async function show(context: Context, id: string, limit: number): Promise<void> {
  const session = await context.client().sessions.get(id, { limit })
  context.result(session, () => {
    const header = [
      'exchange',
      'asked',
      'state',
      'model or tool',
      'provider',
      'decided',
      'tokens',
      'status',
    ].map((title) => context.paint('bold', title))
    return [title(session), formatTable([header, ...session.exchanges.map(exchangeRow)])].join('\n')
  })
  noteMore(context, session)
  if (session.others.length > 0)
    context.note(
      [
        `Other callers have a session of the name ${printable(session.name)}; show one by its id:`,
        ...session.others.map(
          ({ session: id, caller }) => `  ${printable(id)} of ${printable(caller ?? 'nobody')}`,
        ),
      ].join('\n'),
    )
}

async function showLineage(context: Context, id: string, limit: number): Promise<void> {
  const session = await context.client().sessions.getLineage(id, { limit })
  context.result(session, () => `${title(session)}\n${describeLineage(session, context.paint)}`)
  noteMore(context, session)
}

function noteMore(context: Context, { exchanges, exchangeCount }: Session & { exchanges: Exchange[] }): void {
  const more = exchangeCount - exchanges.length
  if (more > 0)
    context.note(
      `${formatCount(more)} more of its ${formatNumberOf(exchangeCount, 'exchange')}, later than these: --limit gives more.`,
    )
}

function title({ session, caller, exchangeCount, startedAt, lastActiveAt }: Session) {
  const span = `${formatInstant(startedAt)} to ${formatInstant(lastActiveAt)}`
  const owner = caller === null ? '' : ` of ${printable(caller)}`
  return `Session ${printable(session)}${owner}: ${formatNumberOf(exchangeCount, 'exchange')}, ${span}`
}

async function trace(
  context: Context,
  exchange: string,
  { forwards, depth, limit }: TraceOptions,
): Promise<void> {
  const found = await context.client().sessions.trace(exchange, {
    direction: forwards ? 'forwards' : 'backwards',
    ...(depth !== undefined && { depth }),
    limit,
  })
  context.result(found, () => {
    if (found.nodes.length === 0) return 'Nothing is known of what this exchange said.'
    const header = ['step', 'what', 'size', 'SHA-256', 'first in exchange'].map((title) =>
      context.paint('bold', title),
    )
    const rows = found.nodes.map((node) => [
      String(node.depth),
      nodeName(node),
      formatBytes(node.bytes),
      node.digest.slice(0, 16),
      `${printable(node.exchange)} ${node.direction}`,
    ])
    const more = found.truncated ? [`The first ${formatNumberOf(limit, 'piece')}; --limit gives more.`] : []
    return [formatTable([header, ...rows]), ...more].join('\n')
  })
}

function exchangeRow(exchange: Exchange): string[] {
  const { requestAction, responseAction, inputTokens, outputTokens, status } = exchange
  const decided = [requestAction, responseAction].map((action) => action ?? '-').join(' / ')
  const tokens =
    inputTokens === null && outputTokens === null ? '-' : `${inputTokens ?? '?'}+${outputTokens ?? '?'}`
  return [
    exchange.exchange,
    exchange.requestedAt ? formatInstant(exchange.requestedAt) : '-',
    exchange.state,
    exchange.operation ?? exchange.model ?? '-',
    exchange.provider ?? '-',
    decided,
    tokens,
    [status ?? '-', exchange.errorCode].filter(Boolean).join(' '),
  ].map(printable)
}
