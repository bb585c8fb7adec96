import type { Json } from './json.ts'
import { pointer } from './text-part.ts'

const rawText = Symbol('raw JSON')

/** JSON that is written as it stands: parsing and writing it again would not keep its bytes. */
export type RawJson = { [rawText]: string }

export type WritableJson = Json | RawJson | WritableJson[] | { [key: string]: WritableJson | undefined }

export function rawJson(text: string): RawJson {
  return { [rawText]: text }
}

/** Like `JSON.stringify`, with raw pieces in between. */
export function writeJson(value: WritableJson): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (rawText in value) return (value as RawJson)[rawText]
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`
  const members: string[] = []
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${writeJson(member)}`)
  }
  return `{${members.join(',')}}`
}

/**
 * The text of the values at some places of a valid JSON text, by JSON pointer, in one pass.
 * @param patterns reference tokens from the root; `*` stands for every element of a list.
 */
export function rawValues(text: string, patterns: readonly (readonly string[])[]): Map<string, string> {
  return new Map([...rawRanges(text, patterns)].map(([path, [start, end]]) => [path, text.slice(start, end)]))
}

/** A valid JSON text with the value of one member of its root replaced; every other byte stays. Unchanged where there is no such member. */
export function replaceMember(text: string, member: string, value: WritableJson): string {
  const range = rawRanges(text, [[member]]).get(pointer('', member))
  return range ? text.slice(0, range[0]) + writeJson(value) + text.slice(range[1]) : text
}

function rawRanges(text: string, patterns: readonly (readonly string[])[]): Map<string, [number, number]> {
  const found = new Map<string, [number, number]>()

  function visit(at: number, path: string, live: readonly (readonly string[])[]): number {
    const start = skipSpace(text, at)
    const deeper = live.filter((pattern) => pattern.length > 0)
    const opening = text[start]
    const end =
      deeper.length === 0 || (opening !== '{' && opening !== '[')
        ? skipValue(text, start)
        : visitMembers(start, path, deeper)
    if (deeper.length < live.length) found.set(path, [start, end])
    return end
  }

  function visitMembers(start: number, path: string, live: readonly (readonly string[])[]): number {
    const isList = text[start] === '['
    let at = skipSpace(text, start + 1)
    for (let index = 0; text[at] !== ']' && text[at] !== '}'; index++) {
      let token = '*'
      if (!isList) {
        const keyEnd = skipString(text, at)
        token = JSON.parse(text.slice(at, keyEnd)) as string
        at = skipSpace(text, keyEnd) + 1
      }
      const matching = live.filter(([first]) => first === token).map((pattern) => pattern.slice(1))
      at =
        matching.length === 0
          ? skipValue(text, skipSpace(text, at))
          : visit(at, pointer(path, isList ? index : token), matching)
      at = skipSpace(text, at)
      if (text[at] === ',') at = skipSpace(text, at + 1)
    }
    return at + 1
  }

  visit(0, '', patterns)
  return found
}

function skipSpace(text: string, at: number): number {
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++
  return at
}

/** From the opening quote to behind the closing one. */
function skipString(text: string, at: number): number {
  for (let quote = text.indexOf('"', at + 1); ; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0
    while (text[quote - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return quote + 1
  }
}

function skipValue(text: string, at: number): number {
  if (text[at] === '"') return skipString(text, at)
  if (text[at] !== '{' && text[at] !== '[') {
    while (at < text.length && !/[\s,\]}]/.test(text[at] ?? '')) at++
    return at
  }
  let depth = 0
  do {
    const character = text[at]
    if (character === '"') {
      at = skipString(text, at)
      continue
    }
    if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
    at++
  } while (depth > 0)
  return at
}
