import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** Where processes run: the gateway that is measured has a core to itself, everything else shares the others. */
export type Cores = { gateway: string; others: string }

/** Undefined where there is one core only, or no `taskset`; then the system places processes as it likes. */
export function findCores(): Cores | undefined {
  const count = availableParallelism()
  if (count < 2 || spawnSync('taskset', ['--version']).status !== 0) return undefined
  return { gateway: '0', others: count === 2 ? '1' : `1-${count - 1}` }
}

/** Moves a running process, with all its threads. What it starts from then on starts there. */
export function moveTo(cores: string, pid: number): void {
  spawnSync('taskset', ['--all-tasks', '--pid', '--cpu-list', cores, String(pid)])
}
