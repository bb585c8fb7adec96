import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { formatCount, formatInstant } from '../format.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'

export function configureAlerts(command: Command, context: Context): void {
  command
    .description('List alerts to webhooks, newest first, and what became of them.')
    .option('-n, --limit <count>', 'how many at most', readCount, 20)
    .action(({ limit }: { limit: number }) => list(context, limit))
}

async function list(context: Context, limit: number): Promise<void> {
  const listed = await context.client().alerts.list(limit)
  context.result(listed, () => {
    const { targets, counts, alerts } = listed
    if (targets.length === 0 && alerts.length === 0)
      return 'No receiver is configured: see AIRS_ALERT_SLACK_URLS, AIRS_ALERT_TEAMS_URLS, AIRS_ALERT_PAGERDUTY_KEYS and AIRS_ALERT_URLS of the policy service.'
    const states = Object.entries(counts).map(([state, count]) => `${formatCount(count)} ${state}`)
    const header = ['event', 'what', 'to', 'since', 'state', 'tries', 'last error'].map((title) =>
      context.paint('bold', title),
    )
    const rows = alerts.map(({ event, type, target, createdAt, state, attempts, lastError }) => [
      event,
      type.split('.')[1] ?? type,
      target,
      formatInstant(createdAt),
      state,
      String(attempts),
      printable(lastError ?? '-'),
    ])
    return `${formatTable([header, ...rows])}\n\n${states.join(', ') || 'None yet'}, to ${targets.join(', ') || 'nobody any more'}`
  })
}
