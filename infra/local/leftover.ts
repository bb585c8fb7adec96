import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandLine } from './command-line.ts'
import { StartError } from './start-error.ts'

export type Leftover = {
  name: string
  pid: number
  /** Part of its command line that no other program has, such as the path of its data. */
  mark: string
  /** Asks it to stop. */
  signal: NodeJS.Signals
  /** Sent when it has not stopped in time. */
  lastSignal: NodeJS.Signals
}

const graceMs = 10_000

/**
 * Stops a process that an earlier start left behind. A process id that meanwhile belongs to another program is left
 * alone. Resolves when it is gone; true when there was one.
 */
export async function stopLeftover(leftover: Leftover): Promise<boolean> {
  if (!isRunning(leftover)) return false
  send(leftover, leftover.signal)
  if (await isGoneWithin(leftover, graceMs)) return true
  send(leftover, leftover.lastSignal)
  if (await isGoneWithin(leftover, graceMs)) return true
  throw new StartError(
    `${leftover.name} of an earlier start (pid ${leftover.pid}) does not stop: end it, then start again.`,
  )
}

function isRunning({ pid, mark }: Leftover): boolean {
  return commandLine(pid)?.includes(mark) ?? false
}

async function isGoneWithin(leftover: Leftover, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs
  while (isRunning(leftover)) {
    if (Date.now() > deadline) return false
    await sleep(25)
  }
  return true
}

function send({ name, pid }: Leftover, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ESRCH') return
    throw new StartError(
      `${name} of an earlier start (pid ${pid}) belongs to another user: end it, then start again.`,
    )
  }
}

/** The process id on the first line of a file; undefined when there is none. */
export function readPidFile(path: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10)
    return pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}
