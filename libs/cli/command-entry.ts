import type { Command } from 'commander'
import type { Context } from './context.ts'

/** Gives a command its arguments, options, subcommands and what it does. */
export type Configure = (command: Command, context: Context) => void

export type CommandEntry = {
  name: string
  summary: string
  /** Only the command that is called is loaded. */
  load: () => Promise<Configure>
}
