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
