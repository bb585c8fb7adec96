import type { Finding } from '@airs-cp/events'

/** Names for what is taken out, such as `[EMAIL_1]`: equal values of a type get equal numbers. */
export type Placeholders = {
  (finding: Finding): string
  /** Another name for the value, which it has from now on. */
  next(finding: Finding): string
}

/**
 * @param numberOf names a value in the same way in every exchange of a session, where a model may know names of earlier ones that are
 * not seen here; without it values are counted.
 */
export function createPlaceholders(numberOf?: (finding: Finding) => string): Placeholders {
  const numbers = new Map<string, number | string>()
  const counts = new Map<string, number>()
  const next = ({ type, digest }: Finding): string => {
    const count = (counts.get(type) ?? 0) + 1
    counts.set(type, count)
    const keyed = numberOf?.({ type, digest } as Finding)
    const number = keyed === undefined ? count : numbers.has(`${type} ${digest}`) ? `${keyed}${count}` : keyed
    numbers.set(`${type} ${digest}`, number)
    return `[${type}_${number}]`
  }
  const placeholder = (finding: Finding): string => {
    const number = numbers.get(`${finding.type} ${finding.digest}`)
    return number === undefined ? next(finding) : `[${finding.type}_${number}]`
  }
  return Object.assign(placeholder, { next })
}

/** In the order in which they are replaced: by start, longer first. */
export function byPlace(a: Finding, b: Finding): number {
  return a.start - b.start || b.end - a.end
}
