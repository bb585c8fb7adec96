import { useSearch } from '@tanstack/react-router'

/** Ranges as the APIs take them: how long ago the first instant is. */
export const ranges = {
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
} as const

export type Range = keyof typeof ranges

export function rangeMs(range: Range): number {
  return Number.parseInt(range, 10) * (range.endsWith('h') ? 3_600_000 : 86_400_000)
}

const defaultRange: Range = '24h'

function isRange(text: unknown): text is Range {
  return typeof text === 'string' && Object.hasOwn(ranges, text)
}

/** What is asked for: a range up to now, or from one instant until another, which is not included. */
export type Span = { from: string; until?: string }

/** A span in the address counts more than the range beside it. */
export function spanOf({ from, until }: Record<string, string | undefined>, range: Range): Span {
  const isInstant = (text: string | undefined) => text !== undefined && !Number.isNaN(Date.parse(text))
  return isInstant(from) && isInstant(until) ? { from: from!, until: until! } : { from: range }
}

/** The range in the address, which every page shares. */
export function useRange(): Range {
  const { range } = useSearch({ strict: false }) as { range?: string }
  return isRange(range) ? range : defaultRange
}
