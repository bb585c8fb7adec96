import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartError } from './start-error.ts'

export type Lock = {
  /** Leaves a note for a second start: where this one is to be found. */
  announce: (address: string) => void
  release: () => void
}

const sqliteBusy = 5

/**
 * Makes sure that one process at a time works on a data directory. The lock is SQLite's: the system takes it back
 * however its holder dies, so no lock is ever stale.
 * @throws StartError that names the holder.
 */
export function lockDataDirectory(dataDir: string): Lock {
  const holderPath = join(dataDir, 'running.json')
  const database = new DatabaseSync(join(dataDir, 'start.lock'), { timeout: 0 })
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode !== sqliteBusy) throw error
    throw new StartError(`AIRS-CP is already running with ${dataDir}${describeHolder(holderPath)}`)
  }
  writeHolder(holderPath, {})
  return {
    announce: (address) => writeHolder(holderPath, { address }),
    release: () => {
      rmSync(holderPath, { force: true })
      database.close()
    },
  }
}

function writeHolder(path: string, holder: { address?: string }): void {
  writeFileSync(path, JSON.stringify({ pid: process.pid, ...holder }), { mode: 0o600 })
}

function describeHolder(path: string): string {
  try {
    const { pid, address } = JSON.parse(readFileSync(path, 'utf8')) as { pid: number; address?: string }
    return ` (pid ${pid}${address ? `, ${address}` : ', just starting'}). Stop that one first, or give this one another AIRS_DATA_DIR.`
  } catch {
    return '.'
  }
}
