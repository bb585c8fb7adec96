import { formatDuration } from './format.ts'

export type ProgressState = {
  label: string
  /** 0 to 1. */
  fraction: number
  amount: string
  rate?: string
  /** Undefined while nobody knows. */
  secondsLeft?: number
}

const barWidth = 20

/** One line, at most `columns` wide: what matters least is left out first. */
export function progressLine(
  { label, fraction, amount, rate, secondsLeft }: ProgressState,
  columns: number,
): string {
  const filled = Math.round(barWidth * Math.min(1, Math.max(0, fraction)))
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}]`
  const percent = `${String(Math.floor(fraction * 100)).padStart(3)}%`
  const eta = secondsLeft === undefined ? undefined : `ETA ${formatDuration(secondsLeft)}`
  const choices = [
    [label, bar, percent, amount, rate, eta],
    [label, percent, amount, rate, eta],
    [label, percent, eta],
    [percent],
  ]
  const lines = choices.map((parts) => parts.filter((part) => part !== undefined).join('  '))
  return lines.find((line) => line.length <= columns) ?? ''
}
