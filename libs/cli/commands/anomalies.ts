import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { formatInstant } from '../format.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'

export function configureAnomalies(command: Command, context: Context): void {
  command
    .command('list', { isDefault: true })
    .description('List what agents did that they had not done before, newest first.')
    .option('--agent <name>', 'of this agent')
    .option('-n, --limit <count>', 'how many at most', readCount, 50)
    .action((options: { agent?: string; limit: number }) => list(context, options))
  command
    .command('agents')
    .description('Show which tools each agent has called; its next calls are compared with them.')
    .action(() => agents(context))
}

async function list(context: Context, options: { agent?: string; limit: number }): Promise<void> {
  const anomalies = await context.client().anomalies.list(options)
  context.result({ anomalies }, () => {
    if (anomalies.length === 0) return 'No anomalies.'
    const header = ['agent', 'what', 'why', 'exchange', 'when'].map((title) => context.paint('bold', title))
    const rows = anomalies.map(({ agent, kind, explanation, exchange, foundAt }) =>
      [agent, kind, explanation, exchange, formatInstant(foundAt)].map(printable),
    )
    return formatTable([header, ...rows])
  })
}

async function agents(context: Context): Promise<void> {
  const found = await context.client().anomalies.agents()
  context.result({ agents: found }, () => {
    if (found.length === 0) return 'No agent has called a tool yet; agents say who they are by X-AIRS-Agent.'
    const header = ['agent', 'sessions', 'calls', 'most in a session', 'tools'].map((title) =>
      context.paint('bold', title),
    )
    const rows = found.map(({ agent, sessions, calls, mostCallsInASession, tools }) => [
      printable(agent),
      String(sessions),
      String(calls),
      String(mostCallsInASession),
      printable(tools.map(({ tool, calls }) => `${tool} ${calls}`).join(', ')),
    ])
    return formatTable([header, ...rows])
  })
}
