import { atOnce, isEscaped, type Slices } from '@airs-cp/events'

/** Models write JSON once more as a string, or within a fence of Markdown; agents that repair arguments unwrap it. */
const mostWrappings = 4

/** The arguments that a text means, or as much of it as can be unwrapped and read in one way only. */
export function argumentsIn(text: string): unknown {
  return atOnce(argumentsInSlices(text))
}

export function* argumentsInSlices(text: string): Slices<unknown> {
  let value: unknown = text
  for (let times = 0; times < mostWrappings && typeof value === 'string'; times++) {
    const inner = withoutFence(value)
    try {
      value = JSON.parse(inner)
    } catch {
      return inner
    }
    yield
    if (namesIn(inner) > membersOf(value)) return inner
    yield
  }
  return value
}

/**
 * A text that begins as JSON and is none, or names a member twice, of which readers take either: what is cut, two calls in one, what an
 * agent may repair. What it would do nobody can say.
 */
export function isBroken(value: unknown): value is string {
  return typeof value === 'string' && /^[[{]/.test(value)
}

/** How many members the objects of a valid JSON text name: a string before a colon is a name. */
function namesIn(text: string): number {
  let names = 0
  for (let from = text.indexOf('"'); from !== -1; from = text.indexOf('"', from)) {
    let to = text.indexOf('"', from + 1)
    while (isEscaped(text, to)) to = text.indexOf('"', to + 1)
    from = to + 1
    while (text[from] === ' ' || text[from] === '\n' || text[from] === '\r' || text[from] === '\t') from++
    if (text[from] === ':') names++
  }
  return names
}

/** How many are left of them. */
function membersOf(value: unknown): number {
  let members = 0
  const pending = [value]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== 'object' || next === null) continue
    const children = Object.values(next)
    if (!Array.isArray(next)) members += children.length
    for (const child of children) if (typeof child === 'object' && child !== null) pending.push(child)
  }
  return members
}

function withoutFence(text: string): string {
  const trimmed = text.trim()
  if (!trimmed.startsWith('```')) return trimmed
  const from = trimmed.search(/[[{]/)
  const to = trimmed.endsWith('```') ? trimmed.length - 3 : trimmed.length
  return from === -1 ? trimmed : trimmed.slice(from, Math.max(from, to)).trim()
}
