import { readTail } from './log-file.ts'
import { formatLogLine, type LogLine } from './log-line.ts'

const intervalMs = 200

/**
 * Follows log files and passes on their new lines that `isWanted`. Files, and not pipes, so that a process goes on
 * undisturbed when nobody reads.
 */
export function watchLogs(
  paths: Readonly<Record<string, string>>,
  isWanted: (line: LogLine) => boolean,
  say: (line: string) => void,
): { stop: () => void } {
  const ends: Record<string, number> = {}
  const rests: Record<string, string> = {}
  for (const [name, path] of Object.entries(paths)) ends[name] = readTail(path, 0, 0).end
  const read = () => {
    for (const [name, path] of Object.entries(paths)) {
      const { text, end } = readTail(path, ends[name] ?? 0)
      ends[name] = end
      const lines = ((rests[name] ?? '') + text).split('\n')
      rests[name] = lines.pop() ?? ''
      for (const text of lines) {
        const line = formatLogLine(name, text)
        if (line && isWanted(line)) say(line.text)
      }
    }
  }
  const timer = setInterval(read, intervalMs)
  return {
    stop: () => {
      clearInterval(timer)
      read()
    },
  }
}

/** Passes a line on unless it passed the very same one within the last `quietMs`. */
export function sayOnce(
  say: (line: string) => void,
  quietMs: number,
  now: () => number = Date.now,
): (line: string) => void {
  const saidAt = new Map<string, number>()
  return (line) => {
    const time = now()
    for (const [earlier, at] of saidAt) if (time - at >= quietMs) saidAt.delete(earlier)
    if (saidAt.has(line)) return
    saidAt.set(line, time)
    say(line)
  }
}
