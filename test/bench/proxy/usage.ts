import { readFileSync } from 'node:fs'

/** What a process has used since it began, the CPU time of its main thread apart. */
export type Usage = { cpuMs: number; mainThreadMs: number; residentBytes: number }

const msPerTick = 10
const pageBytes = 4096

/** Undefined on systems without `/proc`. */
export function usageOf(pid: number): Usage | undefined {
  try {
    return {
      cpuMs: cpuMsIn(`/proc/${pid}/stat`),
      mainThreadMs: cpuMsIn(`/proc/${pid}/task/${pid}/stat`),
      residentBytes: Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes,
    }
  } catch {
    return undefined
  }
}

/** Fields 14 and 15, see proc_pid_stat(5); the name in field 2 may hold spaces, so counting begins after it. */
function cpuMsIn(path: string): number {
  const text = readFileSync(path, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * msPerTick
}
