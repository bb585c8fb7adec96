/** Milliseconds as they are recorded: to the microsecond. */
export function roundedMs(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
