/** Models write JSON once more as a string, or within a fence of Markdown; agents that repair arguments unwrap it. */
const mostWrappings = 4

/** The arguments that a text means, or as much of it as can be unwrapped. */
export function argumentsIn(text: string): unknown {
  let value: unknown = text
  for (let times = 0; times < mostWrappings && typeof value === 'string'; times++) {
    const inner = withoutFence(value)
    try {
      value = JSON.parse(inner)
    } catch {
      return inner
    }
  }
  return value
}

/** A text that begins as JSON and is none: what is cut, two calls in one, what an agent may repair. What it would do nobody can say. */
export function isBroken(value: unknown): value is string {
  return typeof value === 'string' && /^[[{]/.test(value)
}

function withoutFence(text: string): string {
  const trimmed = text.trim()
  if (!trimmed.startsWith('```')) return trimmed
  const from = trimmed.search(/[[{]/)
  const to = trimmed.endsWith('```') ? trimmed.length - 3 : trimmed.length
  return from === -1 ? trimmed : trimmed.slice(from, Math.max(from, to)).trim()
}
