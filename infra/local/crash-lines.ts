import { formatLogLine } from './log-line.ts'

const stackFrame = /^\s+at |^\s*\^+\s*$|^Node\.js v/

/** What a dead process wrote, as far as it helps to see why it died: no stack frames, no JSON. */
export function crashLines(name: string, raw: readonly string[], count = 8): string[] {
  return raw
    .filter((line) => !stackFrame.test(line))
    .map((line) => formatLogLine(name, line)?.text.slice(0, 500))
    .filter((line) => line !== undefined)
    .slice(-count)
}
