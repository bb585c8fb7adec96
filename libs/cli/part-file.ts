import { createHash, type Hash } from 'node:crypto'
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { syncDirectory } from '@airs-cp/files'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'

/** `FILE.part`, which gets the name `FILE` only when it is complete and synced. For its user alone. */
export type PartFile = {
  /** The final name. */
  file: string
  /** What an earlier attempt left: how many bytes, and a SHA-256 that has taken them in. */
  resume: { bytes: number; hash: Hash }
  write(chunk: Buffer): Promise<void>
  complete(): Promise<void>
  /** Leaves what is there for another attempt. */
  close(): Promise<void>
  discard(): Promise<void>
}

/**
 * @param mode `begin` overwrites what an earlier attempt left, `resume` goes on behind it.
 * @throws CommandError when there can be no such file; nothing has been asked of AIRS-CP by then.
 */
export async function openPartFile(path: string, mode: 'begin' | 'resume'): Promise<PartFile> {
  const file = await finalPath(path)
  const part = `${file}.part`
  const telling = async <Result>(work: () => Promise<Result>) => {
    try {
      return await work()
    } catch (error) {
      throw fileError(error, part)
    }
  }
  const handle = await telling(() => open(part, mode === 'begin' ? 'w+' : 'a+', 0o600))
  const hash = createHash('sha256')
  let bytes = 0
  if (mode === 'resume')
    for await (const chunk of handle.createReadStream({
      start: 0,
      autoClose: false,
    }) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      bytes += chunk.length
    }
  return {
    file,
    resume: { bytes, hash },
    write: (chunk) => telling(() => handle.appendFile(chunk)),
    complete: () =>
      telling(async () => {
        await handle.sync()
        await handle.close()
        await rename(part, file)
        await syncDirectory(dirname(file))
      }),
    close: () => handle.close(),
    async discard() {
      await handle.close()
      await rm(part, { force: true })
    },
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

const advice: Record<string, string> = {
  ENOENT: 'its folder does not exist; make it first',
  ENOTDIR: 'a part of its path is not a folder',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'that file system is read-only',
  ENOSPC: 'the disk is full; make room',
  EDQUOT: 'your quota is used up; make room',
  EISDIR: 'it is a folder',
}

function fileError(error: unknown, path: string): CommandError {
  const { code = '', message } = error as NodeJS.ErrnoException
  return new CommandError(
    exitCodes.failed,
    'file_not_written',
    `${path} cannot be written: ${advice[code] ?? message}.`,
    { cause: error },
  )
}
