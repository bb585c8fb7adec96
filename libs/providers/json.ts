export type Json = null | boolean | number | string | Json[] | JsonObject
export type JsonObject = { [key: string]: Json | undefined }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The array, or an empty one: for reading documents that may hold anything. */
export function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value : []
}

/** The objects of an array with their places in it; whatever else stands there is passed over. */
export function* objectsOf(value: unknown): Generator<[index: number, object: JsonObject]> {
  const list = listOf(value)
  for (let index = 0; index < list.length; index++) {
    const element = list[index]
    if (isObject(element)) yield [index, element]
  }
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function countOf(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}

/** The object that the text holds, or undefined where it holds anything else. */
export function parseObject(text: string): JsonObject | undefined {
  const value = parseJson(text)
  return isObject(value) ? value : undefined
}

/** What the text holds; undefined where it is no JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

const parsed = new WeakMap<Uint8Array, { object: JsonObject | undefined }>()

/**
 * The same of bytes that several look at, such as those of a response: they are parsed once. Neither they nor what is returned may be
 * changed.
 */
export function parseBytes(bytes: Buffer): JsonObject | undefined {
  let found = parsed.get(bytes)
  if (!found) {
    found = { object: parseObject(bytes.toString('utf8')) }
    parsed.set(bytes, found)
  }
  return found.object
}

/** Why a text is no JSON, without a word of the text: V8 quotes it. */
export function jsonProblem(error: unknown): string {
  const { message } = error as Error
  const quoted = message.endsWith(' is not valid JSON') ? message.search(/, (?:\.{3})?"/) : -1
  return quoted < 0 ? message : message.slice(0, quoted)
}

/** No real body nests as deep; what reads bodies recursively stays far from the end of its stack. */
export const maxNesting = 256

/** Whether a document nests deeper than `maxNesting`. */
export function nestsTooDeep(document: unknown): boolean {
  let level: unknown[] = [document]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxNesting) return true
    const next: unknown[] = []
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue
      for (const child of Array.isArray(value) ? value : Object.values(value)) {
        if (typeof child === 'object' && child !== null) next.push(child)
      }
    }
    level = next
  }
  return false
}

/** What a table says of a word of somebody else's. Every object has words of its own, such as `constructor`, of which it says nothing. */
export function entryOf<Value>(table: Readonly<Record<string, Value>>, word: unknown): Value | undefined {
  return typeof word === 'string' && Object.hasOwn(table, word) ? table[word] : undefined
}
