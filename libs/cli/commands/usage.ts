import { type UsageKind, usageKinds } from '@airs-cp/client'
import { Argument, type Command } from 'commander'
import type { Context } from '../context.ts'
import { formatCount, formatInstant, formatShare, formatUsd, withArticle } from '../format.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'
import { fromHelp, readTimeRange, toHelp } from '../time-range.ts'

type Options = { from?: string; to?: string; limit: number }

export function configureUsage(command: Command, context: Context): void {
  command
    .description('Show exchanges, errors, tokens and cost, most expensive first. Default: of the last day.')
    .addArgument(new Argument('[by]', 'what to count by').choices(usageKinds).default('agent'))
    .option('--from <time>', fromHelp)
    .option('--to <time>', toHelp)
    .option('-n, --limit <count>', 'how many at most', readCount, 50)
    .action((by: UsageKind, options: Options) => showUsage(context, by, options))
}

async function showUsage(context: Context, by: UsageKind, { limit, ...options }: Options): Promise<void> {
  const range = await readTimeRange(options, context.note)
  const report = await context.client().figures.usage(by, { ...range, limit })
  context.result(report, () => {
    if (report.usage.length === 0) return `No exchange of this time has ${withArticle(by)}.`
    const header = [by, 'exchanges', 'failed', 'tokens in', 'tokens out', 'cost', 'last used']
    const rows = report.usage.map((one) => [
      printable(one.name ?? (one.value || '(others)')),
      formatCount(one.exchanges),
      formatShare(one.failed, one.exchanges),
      formatCount(one.inputTokens),
      formatCount(one.outputTokens),
      formatUsd(one.costUsdMicros),
      one.lastUsedAt === null ? '-' : formatInstant(one.lastUsedAt),
    ])
    return formatTable([header.map((name) => context.paint('bold', name)), ...rows])
  })
}
