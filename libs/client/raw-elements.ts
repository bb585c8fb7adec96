const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openings = new Set([0x7b, 0x5b])
const closings = new Set([0x7d, 0x5d])

/**
 * The elements of the first list in a valid JSON text, each as its exact text: parsing and writing them again would
 * not keep every byte.
 */
export function rawElements(json: string): string[] {
  const elements: string[] = []
  let start = json.indexOf('[') + 1
  let depth = 0
  for (let at = start; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === quote) at = endOfString(json, at)
    else if (openings.has(code)) depth++
    else if (depth > 0) depth -= closings.has(code) ? 1 : 0
    else if (code === comma || closings.has(code)) {
      const element = json.slice(start, at).trim()
      if (element !== '') elements.push(element)
      if (code !== comma) break
      start = at + 1
    }
  }
  return elements
}

/** Where the closing quote stands. */
function endOfString(json: string, opening: number): number {
  for (let at = opening + 1; ; at++) {
    at = json.indexOf('"', at)
    if (at < 0) throw new SyntaxError('The JSON text ends within a string')
    let backslashes = 0
    while (json.charCodeAt(at - 1 - backslashes) === backslash) backslashes++
    if (backslashes % 2 === 0) return at
  }
}
