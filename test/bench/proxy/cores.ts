import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { findCoreOfDisk } from './disk.ts'

/** Where processes run: the gateway that is measured has a core to itself, everything else shares the others. */
export type Cores = { gateway: string; others: string }

/**
 * The gateway has the core that takes the interrupts of the disk that `directory` is on. Undefined where there is one core only, or no
 * `taskset`; then the system places processes as it likes.
 */
export function findCores(directory: string): Cores | undefined {
  const count = availableParallelism()
  if (count < 2 || spawnSync('taskset', ['--version']).status !== 0) return undefined
  const gateway = findCoreOfDisk(directory) ?? 0
  const others = Array.from({ length: count }, (_, core) => core).filter((core) => core !== gateway)
  return { gateway: String(gateway), others: others.join(',') }
}

/** Moves a running process, with all its threads. What it starts from then on starts there. */
export function moveTo(cores: string, pid: number): void {
  spawnSync('taskset', ['--all-tasks', '--pid', '--cpu-list', cores, String(pid)])
}
