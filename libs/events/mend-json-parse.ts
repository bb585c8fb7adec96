import { randomBytes } from 'node:crypto'
import { isEscaped } from './is-escaped.ts'

/*
 * V8 of Node.js 24 reads the name of a member wrongly where it is written with escapes (nodejs/node issue 63785): after
 * `{"a":0,"\\u006":1}` it reads `{"a":0,"\u006dodel":"x"}` as `{"a":0,"\\u006":"x"}`. Whoever sends the first text hides a member of the
 * second one from every policy, while other readers see it. So texts with such names are read by another way, in each process that
 * imports this library, whoever calls `JSON.parse`; others cost a search for a backslash.
 */

const native = JSON.parse

/** Whether this V8 reads so. */
function isBroken(): boolean {
  const first = `probe-${randomBytes(6).toString('hex')}`
  native(`{"${first}":0,"\\\\u006":1}`)
  return !Object.hasOwn(native(`{"${first}":0,"\\u006dodel":1}`), 'model')
}

if (isBroken()) JSON.parse = parse as typeof JSON.parse

/** Like `JSON.parse`, but for the `source` of primitives, which a reviver does not get of a text that has names with escapes. */
export function parse(
  text: unknown,
  reviver?: (this: unknown, key: string, value: unknown) => unknown,
): unknown {
  if (typeof text !== 'string' || !text.includes('\\')) return native(text as string, reviver as never)
  const names = namesWithEscapes(text)
  if (names.length === 0) return native(text, reviver as never)
  // Throws where it is no JSON.
  native(text)
  const mark = `name-${randomBytes(9).toString('hex')}-`
  let plain = ''
  let from = 0
  for (const [index, { start, end }] of names.entries()) {
    plain += `${text.slice(from, start)}"${mark}${index}"`
    from = end
  }
  const known = names.map(({ start, end }) => native(text.slice(start, end)) as string)
  const value = withNames(native(plain + text.slice(from)), mark, known)
  return reviver ? revived({ '': value }, '', reviver) : value
}

type Place = { start: number; end: number }

/** Where names with a backslash stand in a valid JSON text, with their quotes: a string before a colon is a name. */
function namesWithEscapes(text: string): Place[] {
  const places: Place[] = []
  let slash = text.indexOf('\\')
  for (let colon = slash; slash !== -1; ) {
    colon = text.indexOf(':', Math.max(colon, slash) + 1)
    if (colon === -1) break
    let last = colon - 1
    while (isSpace(text.charCodeAt(last))) last--
    if (text.charCodeAt(last) !== quote || isEscaped(text, last)) continue
    let start = text.lastIndexOf('"', last - 1)
    while (start > 0 && isEscaped(text, start)) start = text.lastIndexOf('"', start - 1)
    // A value that begins with a colon seems to be the end of a name, too; no backslash is between it and the name.
    if (slash < start) slash = text.indexOf('\\', start)
    if (slash !== -1 && slash < last) places.push({ start, end: last + 1 })
  }
  return places
}

const quote = 0x22

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

/** Puts the names back in the place of their marks, at any depth. */
function withNames(value: unknown, mark: string, names: readonly string[]): unknown {
  const nameOf = (key: string) => (key.startsWith(mark) ? names[Number(key.slice(mark.length))]! : key)
  const renamed = (one: unknown): unknown => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return one
    const keys = Object.keys(one)
    if (!keys.some((key) => key.startsWith(mark))) return one
    return Object.fromEntries(Object.entries(one).map(([key, child]) => [nameOf(key), child]))
  }
  const root = [renamed(value)]
  const pending: object[] = [root]
  for (let holder = pending.pop(); holder !== undefined; holder = pending.pop())
    for (const [key, child] of Object.entries(holder)) {
      if (typeof child !== 'object' || child === null) continue
      const next = renamed(child) as object
      if (next !== child)
        Object.defineProperty(holder, key, {
          ...{ value: next, writable: true, enumerable: true, configurable: true },
        })
      pending.push(next)
    }
  return root[0]
}

/** As ECMA-262 has it (25.5.1.1). */
function revived(
  holder: Record<string, unknown>,
  key: string,
  reviver: (this: unknown, key: string, value: unknown) => unknown,
): unknown {
  const value = holder[key]
  if (typeof value === 'object' && value !== null)
    for (const name of Object.keys(value)) {
      const next = revived(value as Record<string, unknown>, name, reviver)
      if (next === undefined) delete (value as Record<string, unknown>)[name]
      else (value as Record<string, unknown>)[name] = next
    }
  return reviver.call(holder, key, value)
}
