import { closeSync, fstatSync, openSync, readSync, renameSync } from 'node:fs'

/** Logs of so many earlier starts are kept. */
const generations = 5

/**
 * Makes room for the log of this start. What the start before wrote moves to `<name>.previous.log`, that of the one before to
 * `<name>.previous.2.log`, and so on.
 */
export function rotateLog(path: string): void {
  const names = [path, ...Array.from({ length: generations }, (_, index) => previousLog(path, index + 1))]
  for (let at = generations - 1; at >= 0; at--) moveIfThere(names[at]!, names[at + 1]!)
}

function previousLog(path: string, generation: number): string {
  return path.replace(/\.log$/, generation === 1 ? '.previous.log' : `.previous.${generation}.log`)
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** The end of a file from byte `from` on, at most `limitBytes` of it, and where the file ends. */
export function readTail(path: string, from: number, limitBytes = 64 * 1024): { text: string; end: number } {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return { text: '', end: from }
  }
  try {
    const end = fstatSync(file).size
    const start = Math.max(from, end - limitBytes)
    const buffer = Buffer.alloc(Math.max(0, end - start))
    const bytes = readSync(file, buffer, 0, buffer.length, start)
    return { text: buffer.toString('utf8', 0, bytes), end }
  } finally {
    closeSync(file)
  }
}

/** The last lines of a log, to show why a process died. */
export function lastLines(path: string, count: number, from = 0): string[] {
  const { text } = readTail(path, from)
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
}
