import { CommanderError } from 'commander'
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
      isNeeded: (name) => argv.includes(name),
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

function report(error: unknown, context: Context): ExitCode {
  const { exitCode, code, message, details } = describeError(error, context.settings)
  context.note(
    context.isJson()
      ? JSON.stringify({ error: { code, message, ...(details !== undefined && { details }) } })
      : `airs: ${printableLines(message)}`,
  )
  return exitCode
}
