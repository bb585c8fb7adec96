/**
 * Puts back, into texts that arrive in pieces, what placeholders stand for. However a text is cut, what comes out, joined, is
 * what would come out of the whole; nothing is held back but the beginning of what may be a placeholder.
 */
export type Restorer = {
  /** `asJson`: the text is JSON, and what is put back stands within a string of it. */
  push(channel: string, text: string, asJson: boolean): string
  end(channel: string): string
  /** Channels of which something is held back. */
  held(): string[]
  hasRestored(): boolean
}

/** @param restorations by placeholder, which begins with `[` and ends with `]`. */
export function createRestorer(restorations: ReadonlyMap<string, string>): Restorer {
  const names = [...restorations.keys()]
  const longest = Math.max(0, ...names.map((name) => name.length))
  const held = new Map<string, string>()
  let restored = false

  function replace(name: string, asJson: boolean): string | undefined {
    const value = restorations.get(name)
    if (value === undefined) return undefined
    restored = true
    return asJson ? JSON.stringify(value).slice(1, -1) : value
  }

  return {
    push(channel, piece, asJson) {
      const text = (held.get(channel) ?? '') + piece
      held.delete(channel)
      let result = ''
      let at = 0
      for (let open = text.indexOf('['); open >= 0; open = text.indexOf('[', at)) {
        result += text.slice(at, open)
        const close = text.indexOf(']', open)
        const end = close < 0 ? text.length : close + 1
        const name = end - open <= longest ? text.slice(open, end) : ''
        if (close < 0 && name !== '' && names.some((known) => known.startsWith(name))) {
          held.set(channel, name)
          return result
        }
        const value = close < 0 ? undefined : replace(name, asJson)
        result += value ?? '['
        at = value === undefined ? open + 1 : end
      }
      return result + text.slice(at)
    },
    end(channel) {
      const rest = held.get(channel) ?? ''
      held.delete(channel)
      return rest
    },
    held: () => [...held.keys()],
    hasRestored: () => restored,
  }
}

/** A whole text with what placeholders stand for put back. */
export function restoreText(
  text: string,
  restorations: ReadonlyMap<string, string>,
  asJson: boolean,
): string {
  const restorer = createRestorer(restorations)
  return restorer.push('', text, asJson) + restorer.end('')
}
