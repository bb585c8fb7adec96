import type { Command } from 'commander'
import { refuseCommand, refuseSubcommand } from '../unknown-command.ts'

export function configureHelp(command: Command): void {
  command
    .description('Print help for a command.')
    .argument('[command...]', 'such as: sessions trace')
    .action((words: string[]) => {
      const program = command.parent!
      let found = program
      for (const word of words) {
        const next = found.commands.find((one) => one.name() === word || one.aliases().includes(word))
        if (!next) return found === program ? refuseCommand(program, word) : refuseSubcommand(found, word)
        found = next
      }
      found.help()
    })
}
