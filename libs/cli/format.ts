const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** `1 event`, `2 events`. */
export function formatNumberOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`
}

/** Decimal units, as disks and networks count. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1_000
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`
}

/** Money as providers ask for it: two digits, and four where it is less than a dollar. */
export function formatUsd(usdMicros: number): string {
  const digits = usdMicros !== 0 && Math.abs(usdMicros) < 1_000_000 ? 4 : 2
  return `$${(usdMicros / 1_000_000).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`
}

/** `0 %`, `0.3 %`, `12 %`. */
export function formatShare(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (100 * part) / whole
  return `${percent === 0 || percent >= 10 ? Math.round(percent) : Math.max(0.1, Math.round(10 * percent) / 10)} %`
}

/** `12 ms`, `1.3 s`. */
export function formatMs(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
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

/** Such as `an agent` and `a tag`. */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}
