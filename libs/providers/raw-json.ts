import { isEscaped } from '@airs-cp/events'
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

/** The value at a place of a valid JSON text as it is written; undefined where there is none. */
export function writtenAt(text: string, tokens: readonly string[]): string | undefined {
  let at = skipSpace(text, 0)
  for (const token of tokens) {
    const place = memberAt(text, at, token)
    if (place === undefined) return undefined
    at = place
  }
  return text.slice(at, skipValue(text, at))
}

function memberAt(text: string, start: number, token: string): number | undefined {
  const isList = text[start] === '['
  if (!isList && text[start] !== '{') return undefined
  let at = skipSpace(text, start + 1)
  let found: number | undefined
  for (let index = 0; text[at] !== ']' && text[at] !== '}'; index++) {
    let name = String(index)
    if (!isList) {
      const end = skipString(text, at)
      name = JSON.parse(text.slice(at, end)) as string
      at = skipSpace(text, skipSpace(text, end) + 1)
    }
    // Of members of one name `JSON.parse` takes the last.
    if (name === token) found = at
    at = skipSpace(text, skipValue(text, at))
    if (text[at] === ',') at = skipSpace(text, at + 1)
  }
  return found
}

/** A valid JSON text with the value of one member of its root replaced; every other byte stays. Unchanged where there is no such member. */
export function replaceMember(text: string, member: string, value: WritableJson): string {
  const range = rawRanges(text, [[member]]).get(pointer('', member))
  return range ? text.slice(0, range[0]) + writeJson(value) + text.slice(range[1]) : text
}

/** The object with a member set: replaced where it has one, put first where it has none. Every other byte stays. */
export function setMember(text: string, member: string, value: WritableJson): string {
  const replaced = replaceMember(text, member, value)
  if (replaced !== text) return replaced
  const opening = text.indexOf('{') + 1
  const rest = text.slice(opening)
  if (rawRanges(text, [[member]]).size > 0) return text
  const comma = /^\s*\}/.test(rest) ? '' : ','
  return `${text.slice(0, opening)}${writeJson(member)}:${writeJson(value)}${comma}${rest}`
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

export function skipSpace(text: string, at: number): number {
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++
  return at
}

/** From the opening quote to behind the closing one. */
export function skipString(text: string, at: number): number {
  for (let quote = text.indexOf('"', at + 1); ; quote = text.indexOf('"', quote + 1))
    if (!isEscaped(text, quote)) return quote + 1
}

export function skipValue(text: string, at: number): number {
  if (text[at] === '"') return skipString(text, at)
  if (text[at] !== '{' && text[at] !== '[') {
    while (at < text.length && !endsWord(text.charCodeAt(at))) at++
    return at
  }
  let depth = 0
  do {
    const character = text.charCodeAt(at)
    if (character === quote) {
      at = skipString(text, at)
      continue
    }
    if (character === openBrace || character === openBracket) depth++
    else if (character === closeBrace || character === closeBracket) depth--
    at++
  } while (depth > 0)
  return at
}

const [quote, comma] = [0x22, 0x2c]
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]

function endsWord(character: number): boolean {
  return character <= 0x20 || character === comma || character === closeBrace || character === closeBracket
}
