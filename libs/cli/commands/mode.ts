import type { ModeChange, ModeSetting } from '@airs-cp/client'
import { modeMeanings, modes } from '@airs-cp/events'
import { Argument, type Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatInstant } from '../format.ts'
import { noteActivation } from '../note-activation.ts'
import { printable } from '../printable.ts'
import { readCount } from '../read-count.ts'
import { formatTable } from '../table.ts'

type Mode = ModeSetting['mode']
type SetOptions = { reason?: string; message?: string }

/** How many changes stand below the mode itself. */
const shownChanges = 5

export function configureMode(command: Command, context: Context): void {
  command
    .description(
      'Show the global mode, or set it; returns when every connected ingress has it. "stop" is the kill switch: all traffic is refused. "off" bypasses all policies.',
    )
    .addArgument(new Argument('[mode]', 'the mode to set').choices(modes))
    .option('--reason <text>', 'why, for the record')
    .option('--message <text>', 'what clients read while all traffic is refused; for mode stop')
    .action((mode: Mode | undefined, options: SetOptions) =>
      mode === undefined ? show(context, options) : set(context, mode, options),
    )
  command
    .command('history')
    .description('List the changes of the mode, newest first: who, when and why.')
    .option('-n, --limit <count>', 'how many at most', readCount, 100)
    .action(({ limit }: { limit: number }) => history(context, limit))
}

async function show(context: Context, options: SetOptions): Promise<void> {
  const [option] = Object.keys(options)
  if (option !== undefined)
    throw new CommandError(
      exitCodes.usage,
      'usage',
      `--${option} belongs to a mode to set: airs mode stop --${option} "…".`,
    )
  const { mode } = context.client()
  const [setting, changes] = await Promise.all([mode.get(), mode.history(shownChanges)])
  context.result(setting ?? null, () =>
    setting
      ? [
          `${setting.mode}: ${modeMeanings[setting.mode] ?? ''}`,
          ...(setting.reason ? [`Reason: ${printable(setting.reason)}`] : []),
          ...(setting.message ? [`Clients read: ${printable(setting.message)}`] : []),
          ...(changes.length > 0 ? ['', historyText(context, changes)] : []),
        ].join('\n')
      : 'No mode has been set yet.',
  )
}

async function history(context: Context, limit: number): Promise<void> {
  const changes = await context.client().mode.history(limit)
  context.result({ changes }, () => historyText(context, changes))
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

async function set(context: Context, mode: Mode, { reason, message }: SetOptions): Promise<void> {
  if (message !== undefined && mode !== 'stop')
    throw new CommandError(
      exitCodes.usage,
      'usage',
      '--message is for mode stop; in other modes traffic is not refused.',
    )
  const changed = await context.client().mode.set(mode, reason, message)
  context.result(
    changed,
    () => `${mode}: ${changed.changed ? modeMeanings[mode] : 'it was in force already'}`,
  )
  noteActivation(context, changed.ingresses)
}
