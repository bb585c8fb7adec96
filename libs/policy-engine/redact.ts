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

/**
 * The part of a text from `from` to `to` with findings replaced. Findings that overlap are replaced together, under the
 * name of the first; one may reach over `to`.
 * @param text of which the first character has the offset `base`.
 * @param findings sorted by `byPlace`; those that start at or behind `to` are left for later.
 * @returns the new text, up to where the old one is used up (at least `to`), and how many of its characters were kept.
 */
export function redactPart(
  text: string,
  base: number,
  from: number,
  to: number,
  findings: Finding[],
  placeholder: Placeholders,
): { text: string; usedTo: number; kept: number } {
  let result = ''
  let kept = 0
  let at = from
  for (const finding of findings) {
    if (finding.start >= to) break
    if (finding.start >= at) {
      result += text.slice(at - base, finding.start - base) + placeholder(finding)
      kept += finding.start - at
    }
    at = Math.max(at, finding.end)
  }
  if (at < to) {
    result += text.slice(at - base, to - base)
    kept += to - at
  }
  return { text: result, usedTo: Math.max(at, to), kept }
}
