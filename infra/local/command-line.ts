import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The arguments that a process was started with, joined by spaces; undefined when it is gone (a zombie is gone). */
export function commandLine(pid: number): string | undefined {
  try {
    const text =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        : execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' })
    return text.trim() || undefined
  } catch {
    return undefined
  }
}
