import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'

const advice: Record<string, string> = {
  ENOENT: 'its folder does not exist; make it first',
  ENOTDIR: 'a part of its path is not a folder',
  EEXIST: 'something else has that name',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'that file system is read-only',
  ENOSPC: 'the disk is full; make room',
  EDQUOT: 'your quota is used up; make room',
  EISDIR: 'it is a folder',
}

/** @returns what a person can do about a file that cannot be written. */
export function fileError(error: unknown, path: string): CommandError {
  const { code = '', message } = error as NodeJS.ErrnoException
  return new CommandError(
    exitCodes.failed,
    'file_not_written',
    `${path} cannot be written: ${advice[code] ?? message}.`,
    { cause: error },
  )
}

const writing = new Set([
  'mkdir',
  'rename',
  'write',
  'copyfile',
  'ftruncate',
  'fsync',
  'link',
  'unlink',
  'chmod',
])

/** Whether the system has refused to write a file, of which the error tells the path. */
export function isWriteError(error: unknown): error is NodeJS.ErrnoException & { path: string } {
  const { code, path, syscall = '' } = error as NodeJS.ErrnoException
  return code !== undefined && path !== undefined && writing.has(syscall)
}
