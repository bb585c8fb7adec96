import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { describeErasure, describeSelection } from '../describe-erasure.ts'
import { formatCount, formatInstant } from '../format.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'

export function configureErasures(command: Command, context: Context): void {
  command
    .command('list', { isDefault: true })
    .description('List what was erased, newest first.')
    .option('-n, --limit <count>', 'how many at most', readCount, 50)
    .action(({ limit }: { limit: number }) => list(context, limit))
  command
    .command('show')
    .description('Show an erasure: what it was about, and how far it has come.')
    .argument('<id>', 'its id')
    .action(async (id: string) => {
      const erasure = await context.client().erasures.get(id)
      context.result(erasure, () => describeErasure(erasure))
    })
}

async function list(context: Context, limit: number): Promise<void> {
  const erasures = await context.client().erasures.list(limit)
  context.result({ erasures }, () => {
    if (erasures.length === 0) return 'Nothing was erased.'
    const header = ['when', 'state', 'exchanges', 'of', 'by', 'why', 'erasure'].map((title) =>
      context.paint('bold', title),
    )
    const rows = erasures.map(({ id, state, exchanges, selection, actor, reason, requestedAt }) => [
      formatInstant(requestedAt),
      state,
      formatCount(exchanges),
      describeSelection(selection),
      printable(actor),
      printable(reason),
      id,
    ])
    return formatTable([header, ...rows])
  })
}
