import type { Command, Option } from 'commander'

export type CompletionWord = { word: string; summary: string }

export type CompletionOption = {
  /** `--output`, `-o`. */
  flags: string[]
  summary: string
  takesValue: boolean
  /** Whether that value is a file. */
  isFile: boolean
}

/** What may follow one command. */
export type CompletionLevel = {
  /** Names of the commands that lead here; empty for `airs` itself. */
  path: string[]
  /** Subcommands, or the choices of an argument. */
  words: CompletionWord[]
  options: CompletionOption[]
  /** Whether an argument is a file. */
  takesFile: boolean
}

/** Every command with what may follow it; options of the levels above are among its own. */
export function describeCommands(
  command: Command,
  path: string[] = [],
  inherited: readonly Option[] = [],
): CompletionLevel[] {
  const own = command.createHelp().visibleOptions(command)
  const children = command.createHelp().visibleCommands(command)
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])
  const global = [...inherited, ...own.filter(({ long }) => long !== '--version' && long !== '--help')]
  const level: CompletionLevel = {
    path,
    words: [
      ...children.map((child) => ({ word: child.name(), summary: child.summary() || child.description() })),
      ...choices.map((word) => ({ word, summary: '' })),
    ],
    options: [...own, ...inherited].map(describeOption),
    takesFile: command.registeredArguments.some((argument) => argument.name() === 'file'),
  }
  return [level, ...children.flatMap((child) => describeCommands(child, [...path, child.name()], global))]
}

function describeOption({ short, long, description, required, flags }: Option): CompletionOption {
  return {
    flags: [long, short].filter((flag) => flag !== undefined),
    summary: description,
    takesValue: required,
    isFile: flags.includes('<file>'),
  }
}
