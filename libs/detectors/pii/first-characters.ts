/**
 * The characters that what a pattern matches may begin with, as a table by code. It reads alternatives, groups, classes, escapes
 * of digits and plain characters, which is all that patterns of tokens begin with.
 * @throws where the pattern begins with something else, or with what may be absent.
 */
export function firstCharacters(pattern: RegExp): Uint8Array {
  const table = new Uint8Array(128)
  const { source, flags } = pattern
  for (const alternative of alternativesOf(source)) {
    const atom = /^(?:\\d|\[[^\]]+\]|[A-Za-z0-9]|\(\?:(?<group>[^()]*)\))(?![?*]|\{0)/.exec(alternative)
    if (!atom) throw new Error(`Cannot tell what ${source} begins with`)
    const { group } = atom.groups ?? {}
    const inner = group === undefined ? undefined : firstCharacters(new RegExp(group, flags.replace('y', '')))
    const begins = new RegExp(`^${atom[0]}$`, flags.replace('y', ''))
    for (let code = 0; code < table.length; code++)
      if (inner ? inner[code] === 1 : begins.test(String.fromCharCode(code))) table[code] = 1
  }
  return table
}

function alternativesOf(source: string): string[] {
  const parts = ['']
  let depth = 0
  for (const character of source) {
    if (character === '(' || character === '[') depth++
    if (character === ')' || character === ']') depth--
    if (character === '|' && depth === 0) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts
}
