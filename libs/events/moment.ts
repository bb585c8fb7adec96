/** A point in time as people write it, or a day as a whole. */
export type Moment = { at: Date; isDay: boolean }

/** For messages and help. */
export const momentForms =
  'a day (2024-12-31), a time (2024-12-31T23:59:59Z, or with an offset such as +02:00), now, today, yesterday, or how long ago (30m, 12h, 7d, 2w)'

const dayMs = 24 * 3_600_000
const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: dayMs, w: 7 * dayMs }
const day = /^\d{4}-\d{2}-\d{2}$/
const instant = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/
const zone = /(Z|[+-]\d{2}:?\d{2})$/
const distance = /^([+-]?)(\d{1,5}) ?([smhdw])( ago)?$/
const namedDays = { yesterday: -1, today: 0, tomorrow: 1 }

/**
 * Understands a time. Everything is UTC: days, the names of days, and times without a zone. A distance without a sign lies
 * in the past, or ahead of `now` where `isAhead` says so. Undefined for what is no time.
 */
export function readMoment(
  text: string,
  now: Date = new Date(),
  { isAhead = false }: { isAhead?: boolean } = {},
): Moment | undefined {
  if (text === 'now') return { at: now, isDay: false }
  if (Object.hasOwn(namedDays, text)) {
    const start = Math.floor(now.getTime() / dayMs) + namedDays[text as keyof typeof namedDays]
    return { at: new Date(start * dayMs), isDay: true }
  }
  const [, sign, count, unit, ago] = distance.exec(text) ?? []
  if (unit !== undefined) {
    const ms = Number(count) * unitsMs[unit as keyof typeof unitsMs]
    const isFuture = sign === '+' || (isAhead && sign === '' && ago === undefined)
    return sign === '+' && ago
      ? undefined
      : { at: new Date(now.getTime() + (isFuture ? ms : -ms)), isDay: false }
  }
  const isDay = day.test(text)
  if (!isDay && !instant.test(text)) return undefined
  const at = new Date(isDay ? `${text}T00:00:00Z` : `${text.replace(' ', 'T')}${zone.test(text) ? '' : 'Z'}`)
  const isReal = !Number.isNaN(at.getTime()) && (!isDay || at.toISOString().startsWith(text))
  return isReal && at.getUTCFullYear() >= 1 && at.getUTCFullYear() <= 9999 ? { at, isDay } : undefined
}

/** The last one that ISO 8601 writes with four digits of a year, as events and queries do. */
const lastMs = Date.parse('9999-12-31T23:59:59.999Z')

/** The first instant after it: of a day the next one's first, of a time the next millisecond. Nothing is behind the year 9999. */
export function endOfMoment({ at, isDay }: Moment): Date {
  return new Date(Math.min(at.getTime() + (isDay ? dayMs : 1), lastMs))
}
