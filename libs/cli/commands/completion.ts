import { Argument, type Command } from 'commander'
import { bashCompletion } from '../completion/bash.ts'
import { describeCommands } from '../completion/describe-commands.ts'
import { fishCompletion } from '../completion/fish.ts'
import { zshCompletion } from '../completion/zsh.ts'
import type { Context } from '../context.ts'

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }

export function configureCompletion(command: Command, context: Context): void {
  command
    .addArgument(new Argument('<shell>', 'for which shell').choices(Object.keys(shells)))
    .addHelpText(
      'after',
      `
Put it where the shell finds it:
  bash  airs completion bash > ~/.local/share/bash-completion/completions/airs
  zsh   airs completion zsh > ~/.zfunc/_airs     (with fpath+=~/.zfunc before compinit in ~/.zshrc)
  fish  airs completion fish > ~/.config/fish/completions/airs.fish`,
    )
    .action(async (shell: keyof typeof shells) => {
      const { buildProgram } = await import('../program.ts')
      const program = await buildProgram({
        version: '',
        isNeeded: () => true,
        createContext: () => context,
      })
      context.line(shells[shell](describeCommands(program)))
    })
}
