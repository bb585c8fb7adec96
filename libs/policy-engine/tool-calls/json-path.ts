/** `*` stands for every member or element of one level, `**` for everything below. */
export type JsonPath = readonly (string | number | '*' | '**')[]

const step = /\.\.|\.\*|\[\*\]|\.([A-Za-z_][\w-]*)|\[(\d{1,9})\]|\['((?:[^'\\]|\\.)*)'\]/y

/**
 * Reads the part of JSONPath (RFC 9535) that names places: `$.a.b`, `$['a b'][0]`, `$.list[*].id`, `$..command`.
 * @throws when it is anything else.
 */
export function parseJsonPath(text: string): JsonPath {
  if (!text.startsWith('$')) throw new Error(`A JSON path begins with $, such as $.command; this is ${text}`)
  const path: (string | number)[] = []
  let at = 1
  while (at < text.length) {
    step.lastIndex = at
    const match = step.exec(text)
    if (!match)
      throw new Error(`The JSON path ${text} is not understood from ${JSON.stringify(text.slice(at))} on`)
    const [whole, name, index, quoted] = match
    at += whole.length
    if (whole === '..') {
      path.push('**')
      const next = /[A-Za-z_][\w-]*|\*/y
      next.lastIndex = at
      const member = next.exec(text)
      if (member) {
        if (member[0] !== '*') path.push(member[0])
        at += member[0].length
      } else if (text[at] !== '[') throw new Error(`The JSON path ${text} needs a name after ..`)
    } else if (name !== undefined) path.push(name)
    else if (index !== undefined) path.push(Number(index))
    else if (quoted !== undefined) path.push(quoted.replace(/\\(.)/g, '$1'))
    else path.push('*')
  }
  return path
}

/** Every value at a path, in one walk through the document. */
export function valuesAt(document: unknown, path: JsonPath): unknown[] {
  const found: unknown[] = []
  /** By step: a value is looked through once for each `**`, however many ways lead to it. */
  const visited = new Map<number, Set<unknown>>()
  const visit = (value: unknown, depth: number): void => {
    const next = path[depth]
    if (next === undefined) {
      found.push(value)
      return
    }
    if (next === '**') {
      const isNested = typeof value === 'object' && value !== null
      const seen = visited.get(depth) ?? new Set()
      if (isNested && seen.has(value)) return
      visited.set(depth, seen.add(value))
      visit(value, depth + 1)
      if (!isNested) return
      for (const child of Object.values(value)) visit(child, depth)
      return
    }
    if (typeof value !== 'object' || value === null) return
    if (next === '*') for (const child of Object.values(value)) visit(child, depth + 1)
    else if (Array.isArray(value) === (typeof next === 'number') && Object.hasOwn(value, next))
      visit((value as Record<string | number, unknown>)[next], depth + 1)
  }
  visit(document, 0)
  return found
}
