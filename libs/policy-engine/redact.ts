import type { Finding } from '@airs-cp/events'

/** Names for what is taken out, such as `[EMAIL_1]`: equal values of a type get equal numbers. */
export type Placeholders = (finding: Finding) => string

export function createPlaceholders(): Placeholders {
  const numbers = new Map<string, number>()
  const counts = new Map<string, number>()
  return ({ type, digest }) => {
    const key = `${type} ${digest}`
    let number = numbers.get(key)
    if (number === undefined) {
      number = (counts.get(type) ?? 0) + 1
      counts.set(type, number)
      numbers.set(key, number)
    }
    return `[${type}_${number}]`
  }
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
 * @returns the new text, and up to where the old one is used up: at least `to`.
 */
export function redactPart(
  text: string,
  base: number,
  from: number,
  to: number,
  findings: Finding[],
  placeholder: Placeholders,
): { text: string; usedTo: number } {
  let result = ''
  let at = from
  for (const finding of findings) {
    if (finding.start >= to) break
    if (finding.start >= at) result += text.slice(at - base, finding.start - base) + placeholder(finding)
    at = Math.max(at, finding.end)
  }
  if (at < to) result += text.slice(at - base, to - base)
  return { text: result, usedTo: Math.max(at, to) }
}
