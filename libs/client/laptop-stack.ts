import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isLoopback } from './is-loopback.ts'

/** A stack that `npm start` runs, or has run, on this machine. */
export type LaptopStack = {
  tokenPath: string
  token?: string
  /** Why there is no token although its file exists. */
  problem?: string
  /** Where it listens; absent while it is not running. */
  url?: string
}

/** What `npm start` leaves in its data directory for commands to find. */
export function readLaptopStack(dataDirectory: string): LaptopStack {
  const tokenPath = join(dataDirectory, 'token')
  const url = runningUrl(join(dataDirectory, 'running.json'))
  try {
    const token = readFileSync(tokenPath, 'utf8').trim()
    return { tokenPath, ...(token && { token }), ...(url && { url }) }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const problem = code === 'ENOENT' || code === 'ENOTDIR' ? undefined : `cannot be read: ${code}`
    return { tokenPath, ...(problem && { problem }), ...(url && { url }) }
  }
}

function runningUrl(path: string): string | undefined {
  try {
    const { pid, address } = JSON.parse(readFileSync(path, 'utf8')) as { pid?: number; address?: string }
    return address && pid && isLoopback(address) && isAlive(pid) ? address : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
