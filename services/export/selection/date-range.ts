import { endOfMoment, momentForms, readMoment } from '@airs-cp/events'

/** A range of time, `until` not included. */
export type TimeRange = { from?: Date; until?: Date }

/** A date or time that cannot be understood, or a range that is empty by mistake. */
export class DateRangeError extends Error {
  override name = 'DateRangeError'
}

/**
 * Understands `from` and `to` as people write them. A date without time is a whole day in UTC, and `to` is included:
 * `2024-01-01` to `2024-12-31` is the whole year. A time without zone is UTC.
 * @throws DateRangeError saying which of them, and what is accepted.
 */
export function readDateRange(
  from: string | undefined,
  to: string | undefined,
  now: Date = new Date(),
): TimeRange {
  const read = (name: string, text: string) => {
    const moment = readMoment(text, now)
    if (!moment) throw new DateRangeError(`"${name}" is "${text}"; give ${momentForms}`)
    return moment
  }
  const start = from === undefined ? undefined : read('from', from)
  const end = to === undefined ? undefined : read('to', to)
  const until = end && endOfMoment(end)
  if (start && until && start.at >= until) throw new DateRangeError(`"from" (${from}) is after "to" (${to})`)
  return { ...(start && { from: start.at }), ...(until && { until }) }
}
