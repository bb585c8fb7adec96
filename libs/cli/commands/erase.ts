import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { describeErasure, describeSelection } from '../describe-erasure.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatBytes, formatInstant, formatNumberOf } from '../format.ts'
import { readSelection, type SelectionOptions, withSelection } from '../read-selection.ts'

type Options = SelectionOptions & { reason?: string; dryRun?: true; wait: boolean }

export function configureErase(command: Command, context: Context): void {
  withSelection(command)
    .description(
      'Erase the content of the exchanges that match all given options, for ever. Their times, sizes and decisions stay, and stay provable.',
    )
    .option('--reason <text>', 'why, for the record; needed')
    .option('--dry-run', 'count what would be erased')
    .option('--no-wait', 'do not wait until it is erased')
    .action((options: Options) => erase(context, options))
}

async function erase(context: Context, { reason, dryRun, wait, ...options }: Options): Promise<void> {
  const selection = await readSelection(context, options)
  const { erasures } = context.client()
  if (dryRun) {
    const preview = await erasures.preview(selection)
    const { exchanges, sessions, events, bytes, alreadyErased, heldExchanges, first, last } = preview
    context.result(preview, () =>
      [
        `Would erase ${formatNumberOf(exchanges, 'exchange')} of ${formatNumberOf(sessions, 'session')}: ${formatNumberOf(events, 'event')}, ${formatBytes(bytes)}.`,
        ...(first === null || last === null
          ? []
          : [`From ${formatInstant(first)} to ${formatInstant(last)}.`]),
        ...(alreadyErased > 0
          ? [`${formatNumberOf(alreadyErased, 'exchange')} more are erased already.`]
          : []),
        ...(heldExchanges > 0
          ? [`${formatNumberOf(heldExchanges, 'exchange')} more are on hold, and would stay as they are.`]
          : []),
      ].join('\n'),
    )
    return
  }
  if (!reason)
    throw new CommandError(
      exitCodes.usage,
      'no_reason',
      'Say why, for the record: --reason TEXT. What would be erased is counted with --dry-run',
    )
  const begun = await erasures.create(selection, reason)
  context.note(`Erasing ${describeSelection(begun.selection)} (erasure ${begun.id})`)
  let problem: string | null = null
  const onProgress = (erasure: typeof begun) => {
    if (erasure.problem !== null && erasure.problem !== problem) context.note(`Waiting: ${erasure.problem}`)
    problem = erasure.problem
  }
  const erasure = wait ? await erasures.wait(begun.id, { onProgress }) : begun
  context.result(erasure, () => describeErasure(erasure))
}
