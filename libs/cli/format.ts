const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** `1 event`, `2 events`. */
export function formatNumberOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** Decimal units, as disks and networks count. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1_000
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`
}

/** `0:07`, `12:34`, `1:02:03`. */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds)
  const hours = Math.floor(whole / 3_600)
  const minutes = Math.floor((whole % 3_600) / 60)
  const rest = String(whole % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
}

/** UTC, without a fraction that is zero. */
export function formatInstant(instant: string): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z')
}
