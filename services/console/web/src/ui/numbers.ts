const exact = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** `12.4 k`; the exact number belongs on hover. */
export function shortNumber(value: number): string {
  const size = Math.abs(value)
  if (size < 10_000) return exactNumber(value)
  const [divisor, unit] = size < 1e6 ? [1e3, 'k'] : size < 1e9 ? [1e6, 'M'] : [1e9, 'G']
  return `${trimmed(value / divisor)} ${unit}`
}

export function exactNumber(value: number): string {
  return exact.format(value)
}

/** `1 event`, `2 events`. */
export function numberOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${exactNumber(count)} ${count === 1 ? noun : plural}`
}

export function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  const [divisor, unit] = bytes < 1e6 ? [1e3, 'kB'] : bytes < 1e9 ? [1e6, 'MB'] : [1e9, 'GB']
  return `${trimmed(bytes / divisor)} ${unit}`
}

/** 12 ms, 1.3 s, 4 min. */
export function durationText(ms: number): string {
  if (ms === 0) return '0 ms'
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${trimmed(ms / 1_000)} s`
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`
  return `${trimmed(ms / 3_600_000)} h`
}

/** Money with the precision that it has: small amounts keep their digits. */
export function moneyText(usdMicros: number): string {
  const usd = usdMicros / 1e6
  if (usd === 0) return '$0'
  return `$${usd < 0.01 ? usd.toPrecision(2) : usd < 100 ? usd.toFixed(usd < 1 ? 4 : 2) : exactNumber(Math.round(usd))}`
}

function trimmed(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0).replace(/\.0$/, '')
}
