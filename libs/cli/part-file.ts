import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { openPartFile as openFile, type PartFile } from '@airs-cp/files'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'
import { fileError } from './file-error.ts'

export type { PartFile }

/**
 * The part file of a path that a person gave, and errors that say what to do.
 * @param mode `begin` overwrites what an earlier attempt left, `resume` continues it.
 * @throws CommandError when there can be no such file; no request has been made by then.
 */
export async function openPartFile(path: string, mode: 'begin' | 'resume'): Promise<PartFile> {
  const file = await finalPath(path)
  const explained = async <Result>(work: () => Promise<Result>) => {
    try {
      return await work()
    } catch (error) {
      throw fileError(error, `${file}.part`)
    }
  }
  const part = await explained(() => openFile(file, mode))
  return {
    ...part,
    write: (chunk) => explained(() => part.write(chunk)),
    complete: () => explained(part.complete),
  }
}

/**
 * What a person has is not replaced by accident.
 * @throws CommandError when there is a file already.
 */
export async function refuseExisting(path: string): Promise<void> {
  const file = await finalPath(path)
  const exists = await stat(file).then(
    () => true,
    () => false,
  )
  if (exists)
    throw new CommandError(
      exitCodes.usage,
      'file_exists',
      `${file} exists already: give another name, or replace it with --force.`,
    )
}

/** Behind symbolic links, so that a rename replaces the file and not the link. Nothing but a file is ever replaced. */
async function finalPath(path: string): Promise<string> {
  const given = resolve(path)
  try {
    const file = await realpath(given)
    if ((await stat(file)).isFile()) return file
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError(error, given)
    return join(dirname(given), basename(given))
  }
  throw new CommandError(
    exitCodes.usage,
    'usage',
    `${given} exists and is not a file: give another name, or leave --output out and redirect standard output.`,
  )
}
