import type { Command } from 'commander'
import { describeCommands } from './completion/describe-commands.ts'

/**
 * What a person may have meant by a name that is no command: the commands whose last word it is, as `sessions trace` for `trace`;
 * else those that it begins or nearly spells.
 */
export function commandsLike(program: Command, given: string): string[] {
  const paths = describeCommands(program).flatMap(({ path }) => (path.length > 0 ? [path] : []))
  const named = (isMeant: (word: string) => boolean) =>
    paths.filter((path) => isMeant(path.at(-1)!)).map((path) => path.join(' '))
  const same = named((word) => word === given)
  if (same.length > 0) return same
  const misspelt = Math.max(1, Math.floor(given.length / 4))
  return named(
    (word) =>
      (given.length > 2 && word.startsWith(given)) ||
      (given.length > 2 && editsBetween(given, word) <= misspelt),
  )
}

/** Needs a program in which every command is loaded. */
export function refuseCommand(program: Command, given: string): never {
  const meant = commandsLike(program, given)
  refuse(program, given, meant.length > 0 ? guess(meant) : undefined)
}

/** Of more than these, such as all that list something, one is an example and the others are named by their groups. */
const mostGuesses = 3

function guess(meant: string[]): string {
  if (meant.length <= mostGuesses) return `did you mean ${meant.map((path) => `airs ${path}`).join(', ')}?`
  const groups = meant.map((path) => path.split(' ').slice(0, -1).join(' '))
  return `say of what, as in "airs ${meant[0]}"; there are ${[...new Set(groups)].sort().join(', ')}`
}

export function refuseSubcommand(group: Command, given: string): never {
  const names = commandNames(group).join(', ')
  refuse(group, `${group.name()} ${given}`, `there are: ${names || 'none'}`)
}

export function commandNames(group: Command): string[] {
  const visible = group.createHelp().visibleCommands(group)
  return [...new Set(visible.flatMap((command) => [command.name(), ...command.aliases()]))]
}

function refuse(command: Command, given: string, hint: string | undefined): never {
  const message = [`error: unknown command '${given}'`, hint].filter(Boolean).join('; ')
  return command.error(message, { code: 'commander.unknownCommand' })
}

/** How many letters to add, leave out, replace or swap with their neighbour. */
function editsBetween(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        rows[i - 1]![j]! + 1,
        row[j - 1]! + 1,
        rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
        isSwapped ? rows[i - 2]![j - 2]! + 1 : Number.POSITIVE_INFINITY,
      )
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
