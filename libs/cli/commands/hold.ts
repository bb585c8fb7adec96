import type { Hold } from '@airs-cp/client'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { describeSelection } from '../describe-erasure.ts'
import { formatInstant, formatNumberOf } from '../format.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { readSelection, type SelectionOptions, withSelection } from '../read-selection.ts'
import { formatTable } from '../table.ts'

export function configureHold(command: Command, context: Context): void {
  command
    .command('list', { isDefault: true })
    .description('List legal holds: those that hold, and those that were released.')
    .option('-n, --limit <count>', 'how many at most', readCount, 50)
    .action(({ limit }: { limit: number }) => list(context, limit))
  withSelection(
    command
      .command('place')
      .description(
        'Place a legal hold: exchanges that match all given options, later ones included, are kept whole. Neither retention nor an erasure touches them until it is released.',
      )
      .requiredOption('--reason <text>', 'why, for the record'),
  ).action((options: SelectionOptions & { reason: string }) => place(context, options))
  command
    .command('release')
    .description('Release a hold. What retention or an erasure would have removed meanwhile is removed then.')
    .argument('<id>', 'its id')
    .requiredOption('--reason <text>', 'why, for the record')
    .action(async (id: string, { reason }: { reason: string }) => {
      const hold = await context.client().holds.release(id, reason)
      context.result(hold, () => `Hold ${hold.id} is released: ${describeSelection(hold.selection)}.`)
    })
}

async function place(
  context: Context,
  { reason, ...options }: SelectionOptions & { reason: string },
): Promise<void> {
  const selection = await readSelection(context, options)
  const hold = await context.client().holds.place(selection, reason)
  context.result(hold, () =>
    [
      `Hold ${hold.id}: ${describeSelection(hold.selection)}.`,
      `It is on ${formatNumberOf(hold.exchanges, 'exchange')} now, and on those to come.`,
      ...(hold.erasedExchanges > 0
        ? [`The content of ${formatNumberOf(hold.erasedExchanges, 'exchange')} of them was erased before.`]
        : []),
    ].join('\n'),
  )
}

async function list(context: Context, limit: number): Promise<void> {
  const holds = await context.client().holds.list(limit)
  context.result({ holds }, () => {
    if (holds.length === 0) return 'There is no hold.'
    const header = ['since', 'state', 'of', 'by', 'why', 'hold'].map((title) => context.paint('bold', title))
    const rows = holds.map((hold) => [
      formatInstant(hold.placedAt),
      stateOf(hold),
      describeSelection(hold.selection),
      printable(hold.actor),
      printable(hold.reason),
      hold.id,
    ])
    return formatTable([header, ...rows])
  })
}

function stateOf({ releasedAt, releasedBy }: Hold): string {
  return releasedAt === null
    ? 'holds'
    : `released ${formatInstant(releasedAt)} by ${printable(releasedBy ?? '')}`
}
