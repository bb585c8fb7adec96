import { stepsSeconds } from './fold-figures.ts'

/** Figures by the minute are kept for so long, those by the hour too; those by the day for ever. */
export const minutesKeptDays = 8
export const hoursKeptDays = 400

const daySeconds = 86_400
/** Steps of a series. */
const seriesSteps = [60, 300, 900, 3_600, 3 * 3_600, 6 * 3_600, daySeconds, 7 * daySeconds, 28 * daySeconds]
const mostSteps = 120

/** Seconds since 1970; `until` is not included. */
export type Span = { from: number; until: number }
export type Steps = Span & {
  /** Of the series. */
  step: number
  /** Of the figures that a step is summed from. */
  source: number
}

/** "The last day" was counted back from a moment that is over when it is read. */
const lateSeconds = 60

/**
 * What is shown of a range: from the day of the first figure on, since what is before it is empty. A range of up to a day is shown
 * as it was asked for, empty or not.
 * @param first day of the first figure, in seconds since 1970; undefined: there is none.
 */
export function shownOf({ from, until }: Span, first: number | undefined): Span {
  if (until - from <= daySeconds + lateSeconds) return { from: Math.min(from, until), until }
  return { from: Math.min(Math.max(from, first ?? until), until), until }
}

/** The steps by which a range is shown: whole ones, as fine as the figures are kept and as a chart can show. */
export function stepsOf({ from, until }: Span, now: number): Steps {
  const age = now - from
  const finest =
    age > hoursKeptDays * daySeconds ? daySeconds : age > minutesKeptDays * daySeconds ? 3_600 : 60
  const fits = (step: number) => Math.ceil(until / step) - Math.floor(from / step) <= mostSteps
  const step =
    seriesSteps.find((step) => step >= finest && fits(step)) ??
    Math.ceil((until - from) / (mostSteps - 1) / daySeconds) * daySeconds
  const source = stepsSeconds.findLast((source) => step % source === 0)!
  return {
    from: Math.floor(from / step) * step,
    until: Math.max(Math.ceil(until / step), Math.floor(from / step) + 1) * step,
    step,
    source,
  }
}

export type Piece = Span & { source: number }

/** A span of whole minutes (hours, days) as few figures: days within it, hours before and after those, and minutes. */
export function piecesOf({ from, until }: Span, coarsest = stepsSeconds.length - 1): Piece[] {
  if (from >= until) return []
  const source = stepsSeconds[coarsest]!
  if (coarsest === 0) return [{ from, until, source }]
  const [first, last] = [Math.ceil(from / source) * source, Math.floor(until / source) * source]
  if (first >= last) return piecesOf({ from, until }, coarsest - 1)
  return [
    ...piecesOf({ from, until: first }, coarsest - 1),
    { from: first, until: last, source },
    ...piecesOf({ from: last, until }, coarsest - 1),
  ]
}
