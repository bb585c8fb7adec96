/** A range of time, `until` not included. */
export type TimeRange = { from?: Date; until?: Date }

/** A date or time that cannot be understood, or a range that is empty by mistake. */
export class DateRangeError extends Error {
  override name = 'DateRangeError'
}

const dayMs = 24 * 3_600_000
const day = /^\d{4}-\d{2}-\d{2}$/
const instant = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/

/**
 * Understands `from` and `to` as people write them. A date without time is a whole day in UTC, and `to` is included:
 * `2024-01-01` to `2024-12-31` is the whole year. A time without zone is UTC.
 * @throws DateRangeError saying which of them, and what is accepted.
 */
export function readDateRange(from: string | undefined, to: string | undefined): TimeRange {
  const start = from === undefined ? undefined : read('from', from)
  const end = to === undefined ? undefined : read('to', to)
  const until = end && (end.wholeDay ? new Date(end.at.getTime() + dayMs) : new Date(end.at.getTime() + 1))
  if (start && until && start.at >= until) throw new DateRangeError(`"from" (${from}) is after "to" (${to})`)
  return { ...(start && { from: start.at }), ...(until && { until }) }
}

function read(name: string, text: string): { at: Date; wholeDay: boolean } {
  const wholeDay = day.test(text)
  if (wholeDay || instant.test(text)) {
    const zoned =
      /(Z|[+-]\d{2}:?\d{2})$/.test(text) && !wholeDay ? text : wholeDay ? `${text}T00:00:00Z` : `${text}Z`
    const at = new Date(zoned.replace(' ', 'T'))
    if (!Number.isNaN(at.getTime()) && (!wholeDay || at.toISOString().startsWith(text)))
      return { at, wholeDay }
  }
  throw new DateRangeError(
    `"${name}" is "${text}"; give a day (2024-12-31) or a time (2024-12-31T23:59:59Z, or with an offset such as +02:00)`,
  )
}
