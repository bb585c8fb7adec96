import type { ModeSetting } from '@airs-cp/client'
import { Argument, type Command } from 'commander'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { printable } from '../printable.ts'

type Mode = ModeSetting['mode']

const meanings: Record<Mode, string> = {
  off: 'nothing is scanned or changed; everything is recorded',
  observe: 'policies decide and are recorded; nothing is changed or blocked',
  enforce: 'policies that enforce are carried out',
}

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
}

async function show(context: Context, reason: string | undefined): Promise<void> {
  if (reason !== undefined)
    throw new CommandError(
      exitCodes.usage,
      'usage',
      '--reason belongs to a mode to set: airs mode enforce --reason "…".',
    )
  const setting = await context.client().mode.get()
  context.answer(setting ?? null, () =>
    setting
      ? `${setting.mode}: ${meanings[setting.mode] ?? ''}${setting.reason ? `\nReason: ${printable(setting.reason)}` : ''}`
      : 'No mode has been set yet.',
  )
}

async function set(context: Context, mode: Mode, reason: string | undefined): Promise<void> {
  const answer = await context.client().mode.set(mode, reason)
  context.answer(answer, () => `${mode}: ${answer.changed ? meanings[mode] : 'it was so already'}`)
}
