import type { ErasureSelection } from '@airs-cp/client'
import type { Command } from 'commander'
import { CommandError } from './command-error.ts'
import type { Context } from './context.ts'
import { exitCodes } from './exit-codes.ts'
import { findKey } from './find-key.ts'
import { fromHelp, readTimeRange, toHelp } from './time-range.ts'

export type SelectionOptions = {
  exchange?: string
  session?: string
  caller?: string
  key?: string
  agent?: string
  tag?: string
  tenant?: string
  from?: string
  to?: string
}

/** Options that name exchanges: those that match all of them. */
export function withSelection(command: Command): Command {
  return command
    .option('--exchange <id>', 'this exchange')
    .option('--session <id>', 'of this session')
    .option('--caller <caller>', 'of this caller: key:ID or credential:FINGERPRINT, as in events')
    .option('--key <key>', 'of this client key, by id or name')
    .option('--agent <name>', 'of this agent')
    .option('--tag <tag>', 'with this tag')
    .option('--tenant <name>', 'of this tenant')
    .option('--from <time>', fromHelp)
    .option('--to <time>', toHelp)
}

export async function readSelection(
  context: Context,
  { from, to, key, ...named }: SelectionOptions,
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
      'Name the exchanges: --exchange, --session, --caller, --key, --agent, --tag, --tenant, --from or --to',
    )
  return selection
}
