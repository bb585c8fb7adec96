import { CommanderError } from 'commander'
import { commands } from './commands.ts'
import { type Context, createContext } from './context.ts'
import { describeError } from './describe-error.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import type { Io } from './io.ts'
import manifest from './package.json' with { type: 'json' }
import { printableLines } from './printable.ts'
import { buildProgram } from './program.ts'

/** Runs one command line and returns its exit code; results and complaints are written by then. */
export async function runAirs(argv: readonly string[], io: Io): Promise<ExitCode> {
  let context: Context | undefined
  try {
    const program = await buildProgram({
      version: manifest.version,
      isNeeded: neededFor(argv),
      createContext(flags) {
        context = createContext(io, flags)
        return context
      },
    })
    await program.parseAsync(argv, { from: 'user' })
    return exitCodes.done
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
    if (!context) throw error
    return report(error, context)
  } finally {
    await context?.close()
  }
}

/** Only the commands that a line names; all of them if it names none that exists, so that what was meant can be found. */
function neededFor(argv: readonly string[]): (name: string) => boolean {
  const named = argv.find(
    (word, index) =>
      !word.startsWith('-') && word !== 'help' && !['--url', '--token'].includes(argv[index - 1] ?? ''),
  )
  const isUnknown = named !== undefined && commands.every(({ name }) => name !== named)
  return (name) => isUnknown || argv.includes(name)
}

function report(error: unknown, context: Context): ExitCode {
  const { exitCode, code, message, details } = describeError(error, context.settings)
  context.note(
    context.isJson()
      ? JSON.stringify({ error: { code, message, ...(details !== undefined && { details }) } })
      : `airs: ${printableLines(message)}`,
  )
  return exitCode
}
