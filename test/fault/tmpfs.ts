import { execFileSync } from 'node:child_process'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

export type Tmpfs = {
  path: string
  remount: (how: 'ro' | 'rw' | `size=${string}`) => void
  remove: () => void
}

/** A small disk in memory. @throws where mounting is not allowed. */
export function mountTmpfs(bytes: number): Tmpfs {
  const directory = makeTemporaryDirectory()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=711`, 'tmpfs', directory.path], {
      stdio: 'pipe',
    })
  } catch (error) {
    directory.remove()
    throw error
  }
  return {
    path: directory.path,
    remount: (how) => execFileSync('mount', ['-o', `remount,${how}`, directory.path], { stdio: 'pipe' }),
    remove() {
      execFileSync('umount', ['--lazy', directory.path], { stdio: 'pipe' })
      directory.remove()
    },
  }
}

/** Why there can be no such disk; undefined when there can. */
export function whyNoTmpfs(): string | undefined {
  if (process.getuid?.() !== 0) return 'mounting a small disk needs root'
  try {
    mountTmpfs(1024 * 1024).remove()
    return undefined
  } catch (error) {
    return `no disk can be mounted here: ${(error as Error).message.split('\n')[0]}`
  }
}
