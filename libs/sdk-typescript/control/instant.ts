/** A day or an instant, which is in UTC where it names no zone. @throws TypeError for other texts. @internal */
export function instant(time: Date | string | undefined): Date | undefined {
  if (time === undefined || time instanceof Date) return time
  const isLocal = /T[\d:.]+$/.test(time)
  const date = new Date(isLocal ? `${time}Z` : time)
  if (Number.isNaN(date.getTime()))
    throw new TypeError(`"${time}" is not an instant: give one such as 2026-01-31T12:00:00Z`)
  return date
}
