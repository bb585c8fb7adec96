import type { Command } from 'commander'
import { refuseCommand, refuseSubcommand } from '../unknown-command.ts'

export function configureHelp(command: Command): void {
  command
    .description('Print help for a command.')
    .argument('[command...]', 'such as: sessions trace')
    .action((words: string[]) => helpFor(command.parent!, words))
}

/** `airs sessions help trace` is what `airs help sessions trace` is. */
export function addGroupHelp(group: Command): void {
  if (group.commands.length === 0) return
  group.helpCommand(false)
  group
    .command('help', { hidden: true })
    .argument('[command...]')
    .action((words: string[]) => helpFor(group, words))
}

function helpFor(command: Command, words: readonly string[]): never {
  let found = command
  for (const word of words) {
    const next = found.commands.find((one) => one.name() === word || one.aliases().includes(word))
    if (!next) return found.parent ? refuseSubcommand(found, word) : refuseCommand(found, word)
    found = next
  }
  return found.help()
}
