import type { ModeChange, ModeSetting } from '@airs-cp/client'
import { Argument, type Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatInstant } from '../format.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'
import { tellActivation } from '../tell-activation.ts'

type Mode = ModeSetting['mode']

const meanings: Record<Mode, string> = {
  off: 'BYPASS: nothing is scanned or changed; everything is recorded',
  observe: 'policies decide and are recorded; nothing is changed or blocked',
  enforce: 'policies that enforce are carried out',
  stop: 'all traffic is refused, and recorded',
}

/** How many changes stand below the mode itself. */
const shownChanges = 5

export function configureMode(command: Command, context: Context): void {
  command
    .description(
      'Show the global mode, or set it; answers when every connected ingress has it. "off" is the kill switch.',
    )
    .addArgument(new Argument('[mode]', 'the mode to set').choices(Object.keys(meanings)))
    .option('--reason <text>', 'why, for the record')
    .action((mode: Mode | undefined, { reason }: { reason?: string }) =>
      mode === undefined ? show(context, reason) : set(context, mode, reason),
    )
  command
    .command('history')
    .description('List the changes of the mode, newest first: who, when and why.')
    .option('-n, --limit <count>', 'how many at most', readCount, 100)
    .action(({ limit }: { limit: number }) => history(context, limit))
}

async function show(context: Context, reason: string | undefined): Promise<void> {
  if (reason !== undefined)
    throw new CommandError(
      exitCodes.usage,
      'usage',
      '--reason belongs to a mode to set: airs mode enforce --reason "…".',
    )
  const { mode } = context.client()
  const [setting, changes] = await Promise.all([mode.get(), mode.history(shownChanges)])
  context.answer(setting ?? null, () =>
    setting
      ? [
          `${setting.mode}: ${meanings[setting.mode] ?? ''}`,
          ...(setting.reason ? [`Reason: ${printable(setting.reason)}`] : []),
          ...(changes.length > 0 ? ['', historyText(context, changes)] : []),
        ].join('\n')
      : 'No mode has been set yet.',
  )
}

async function history(context: Context, limit: number): Promise<void> {
  const changes = await context.client().mode.history(limit)
  context.answer({ changes }, () => historyText(context, changes))
}

function historyText({ paint }: Context, changes: ModeChange[]): string {
  const header = ['mode', 'since', 'by', 'why'].map((title) => paint('bold', title))
  const rows = changes.map(({ mode, changedAt, actor, reason }) => [
    mode,
    formatInstant(changedAt),
    printable(actor),
    printable(reason) || '-',
  ])
  return formatTable([header, ...rows])
}

async function set(context: Context, mode: Mode, reason: string | undefined): Promise<void> {
  const answer = await context.client().mode.set(mode, reason)
  context.answer(answer, () => `${mode}: ${answer.changed ? meanings[mode] : 'it was so already'}`)
  tellActivation(context, answer.ingresses)
}
