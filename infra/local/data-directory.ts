import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { StartError } from './start-error.ts'

export const repositoryRoot = join(import.meta.dirname, '..', '..')

/** Where the stack keeps everything: `AIRS_DATA_DIR`, else `.airs` in the checkout. */
export function dataDirectoryOf(env: NodeJS.ProcessEnv): string {
  return resolve(repositoryRoot, env.AIRS_DATA_DIR || '.airs')
}

/**
 * Makes the directory where it is missing, closed to other users; root leaves it enterable, because its Postgres
 * runs as another user.
 * @throws StartError when it belongs to somebody else or cannot be made.
 */
export function makeDataDirectory(directory: string): void {
  try {
    mkdirSync(join(directory, 'logs'), { recursive: true, mode: 0o700 })
    mkdirSync(join(directory, 'run'), { recursive: true, mode: 0o700 })
    checkOwner(directory)
    chmodSync(directory, isRoot() ? 0o711 : 0o700)
  } catch (error) {
    if (error instanceof StartError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw new StartError(
      `The data directory ${directory} cannot be used (${code ?? message}): make it writable for ${userInfo().username}, or set AIRS_DATA_DIR.`,
    )
  }
}

function checkOwner(directory: string): void {
  const { uid } = statSync(directory)
  if (process.getuid === undefined || uid === process.getuid()) return
  throw new StartError(
    `The data directory ${directory} belongs to the user with id ${uid}: start as that user, or set AIRS_DATA_DIR.`,
  )
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

export function logPath(dataDir: string, name: string): string {
  return join(dataDir, 'logs', `${name}.log`)
}

export function pidPath(dataDir: string, name: string): string {
  return join(dataDir, 'run', `${name}.pid`)
}
