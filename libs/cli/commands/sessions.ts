import type { Exchange, SessionSummary } from '@airs-cp/client'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { formatInstant, formatNumberOf } from '../format.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'
import { readTimeRange } from '../time-range.ts'

type ListOptions = { from?: string; to?: string; limit: number }

export function configureSessions(command: Command, context: Context): void {
  command
    .command('list', { isDefault: true })
    .description('List sessions by their last activity, newest first.')
    .option('--from <time>', 'active since this day (2024-01-01, UTC) or time')
    .option('--to <time>', 'begun until this day or time, included')
    .option('-n, --limit <count>', 'how many at most', readCount, 20)
    .action((options: ListOptions) => list(context, options))
  command
    .command('show')
    .description('Show a session with its exchanges in order.')
    .argument('<id>', 'its id, as in X-Session-ID')
    .action((id: string) => show(context, id))
}

async function list(context: Context, { limit, ...range }: ListOptions): Promise<void> {
  const sessions: SessionSummary[] = []
  for await (const session of context.client().sessions.list({ ...readTimeRange(range), limit }))
    sessions.push(session)
  context.answer({ sessions }, () => {
    if (sessions.length === 0) return 'No sessions.'
    const header = ['session', 'began', 'last active', 'exchanges'].map((title) =>
      context.paint('bold', title),
    )
    return formatTable([header, ...sessions.map(sessionRow)])
  })
}

function sessionRow({ session, started_at, last_active_at, exchanges }: SessionSummary): string[] {
  const counts = Object.entries(exchanges).map(([state, count]) => `${count} ${state}`)
  return [printable(session), formatInstant(started_at), formatInstant(last_active_at), counts.join(', ')]
}

async function show(context: Context, id: string): Promise<void> {
  const session = await context.client().sessions.get(id)
  context.answer(session, () => {
    const { exchanges, started_at, last_active_at } = session
    const span = `${formatInstant(started_at)} to ${formatInstant(last_active_at)}`
    const header = ['exchange', 'asked', 'state', 'model', 'provider', 'decided', 'tokens', 'status'].map(
      (title) => context.paint('bold', title),
    )
    return [
      `Session ${printable(session.session)}: ${formatNumberOf(exchanges.length, 'exchange')}, ${span}`,
      formatTable([header, ...exchanges.map(exchangeRow)]),
    ].join('\n')
  })
}

function exchangeRow(exchange: Exchange): string[] {
  const { request_action, response_action, input_tokens, output_tokens, status } = exchange
  const decided = [request_action, response_action].map((action) => action ?? '-').join(' / ')
  const tokens =
    input_tokens === null && output_tokens === null ? '-' : `${input_tokens ?? '?'}+${output_tokens ?? '?'}`
  return [
    exchange.exchange,
    exchange.requested_at ? formatInstant(exchange.requested_at) : '-',
    exchange.state,
    exchange.model ?? '-',
    exchange.provider ?? '-',
    decided,
    tokens,
    [status ?? '-', exchange.error_code].filter(Boolean).join(' '),
  ].map(printable)
}
