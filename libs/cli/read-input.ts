import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'
import type { Io } from './io.ts'
import { whyNotRead } from './why-not-read.ts'

/** The text of a file, or of standard input for `-`. */
export async function readInput(file: string, { cwd, stdin }: Pick<Io, 'cwd' | 'stdin'>): Promise<string> {
  if (file === '-') return text(stdin)
  try {
    return await readFile(resolve(cwd, file), 'utf8')
  } catch (error) {
    throw new CommandError(exitCodes.usage, 'usage', `${file} cannot be read: ${whyNotRead(error)}.`, {
      cause: error,
    })
  }
}
