/** Characters of a block at most: what a browser lays out at once. */
export const blockCharacters = 4_000

/**
 * Cuts a long text into blocks, at ends of lines where there are some, and never within a pair of surrogates or a range that is to
 * stay whole.
 */
export function blocks(
  text: string,
  whole: readonly { start: number; end: number }[] = [],
): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = []
  let next = 0
  for (let start = 0; start < text.length; ) {
    let end = start + blockCharacters
    if (end >= text.length) end = text.length
    else {
      const half = start + blockCharacters / 2
      const line = text.slice(half, end + 1).lastIndexOf('\n')
      if (line > 0) end = half + line + 1
      else if (isLowSurrogate(text, end)) end += 1
      while (next < whole.length && whole[next]!.end <= start) next += 1
      for (let at = next; at < whole.length && whole[at]!.start < end; at += 1)
        if (whole[at]!.end > end) end = Math.min(whole[at]!.end, start + 8 * blockCharacters)
    }
    found.push({ start, end })
    start = end
  }
  return found.length > 0 ? found : [{ start: 0, end: 0 }]
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff
}
