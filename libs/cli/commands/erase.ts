import type { ErasureSelection } from '@airs-cp/client'
import type { Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { describeErasure, describeSelection } from '../describe-erasure.ts'
import { exitCodes } from '../exit-codes.ts'
import { findKey } from '../find-key.ts'
import { formatBytes, formatInstant, formatNumberOf } from '../format.ts'
import { fromHelp, readTimeRange, toHelp } from '../time-range.ts'

type Options = {
  exchange?: string
  session?: string
  caller?: string
  key?: string
  agent?: string
  tag?: string
  tenant?: string
  from?: string
  to?: string
  reason?: string
  dryRun?: true
  wait: boolean
}

export function configureErase(command: Command, context: Context): void {
  command
    .description(
      'Erase the content of exchanges for ever: of those to which all that is named applies. What is left proves that they were, when, how large, and what was decided.',
    )
    .option('--exchange <id>', 'this exchange')
    .option('--session <id>', 'of this session')
    .option('--caller <caller>', 'of this caller: key:ID or credential:FINGERPRINT, as in events')
    .option('--key <key>', 'of this client key, by id or name')
    .option('--agent <name>', 'of this agent')
    .option('--tag <tag>', 'with this tag')
    .option('--tenant <name>', 'of this tenant')
    .option('--from <time>', fromHelp)
    .option('--to <time>', toHelp)
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
    const { exchanges, sessions, events, bytes, alreadyErased, first, last } = preview
    context.answer(preview, () =>
      [
        `Would erase ${formatNumberOf(exchanges, 'exchange')} of ${formatNumberOf(sessions, 'session')}: ${formatNumberOf(events, 'event')}, ${formatBytes(bytes)}.`,
        ...(first === null || last === null
          ? []
          : [`From ${formatInstant(first)} to ${formatInstant(last)}.`]),
        ...(alreadyErased > 0
          ? [`${formatNumberOf(alreadyErased, 'exchange')} more are erased already.`]
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
  context.answer(erasure, () => describeErasure(erasure))
}

async function readSelection(
  context: Context,
  { from, to, key, ...named }: Omit<Options, 'reason' | 'dryRun' | 'wait'>,
): Promise<ErasureSelection> {
  if (key !== undefined && named.caller !== undefined)
    throw new CommandError(exitCodes.usage, 'two_callers', 'Use one of --key and --caller')
  const caller = key === undefined ? named.caller : `key:${(await findKey(context, key)).keyId}`
  const range = await readTimeRange({ from, to }, context.note)
  const selection = Object.fromEntries(
    Object.entries({ ...named, caller, ...range }).filter(([, value]) => value !== undefined),
  )
  if (Object.keys(selection).length === 0)
    throw new CommandError(
      exitCodes.usage,
      'no_selection',
      'Name what to erase: --exchange, --session, --caller, --key, --agent, --tag, --tenant, --from or --to',
    )
  return selection
}
