/**
 * CPU time of this process in which `work` runs, in microseconds. Linux measures the sum exactly, and shares it between user and system by
 * where the process was at its ticks, which says nothing of less than some ten milliseconds.
 */
export function cpuMicros(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}
