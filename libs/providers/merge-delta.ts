import { isObject, type Json, type JsonObject } from './json.ts'

/** Strings that a provider may repeat in every chunk, or leave empty in later ones; all others grow by being appended to. */
export const repeatedFields: ReadonlySet<string> = new Set([
  'id',
  'type',
  'role',
  'name',
  'object',
  'model',
  'status',
  'format',
])

/**
 * Adds a streamed delta to what came before: strings are appended, lists of elements with an `index` are merged element
 * by element, everything else takes the last value that is not null.
 */
export function mergeDelta(target: JsonObject, delta: JsonObject): void {
  for (const key in delta) {
    const value = delta[key]
    if (key === '__proto__' || value === undefined) continue
    const before = target[key]
    if (value === null) target[key] = before ?? null
    else if (value === '' && repeatedFields.has(key)) target[key] = before ?? value
    else if (typeof value === 'string') {
      target[key] = typeof before === 'string' && !repeatedFields.has(key) ? before + value : value
    } else if (Array.isArray(value)) {
      const list = Array.isArray(before) ? before : []
      for (const element of value) mergeElement(list, element)
      target[key] = list
    } else if (isObject(value)) {
      const object = isObject(before) ? before : {}
      mergeDelta(object, value)
      target[key] = object
    } else target[key] = value
  }
}

function mergeElement(list: Json[], element: Json): void {
  if (!isObject(element)) {
    list.push(element)
    return
  }
  const same =
    element.index === undefined ? undefined : list.find((it) => isObject(it) && it.index === element.index)
  const object = isObject(same) ? same : {}
  mergeDelta(object, element)
  if (object !== same) list.push(object)
}

/** The elements in the order of their `index`, which the plain response does not have. */
export function withoutIndexes(list: Json[]): Json[] {
  const position = (element: Json) =>
    isObject(element) && typeof element.index === 'number' ? element.index : Number.POSITIVE_INFINITY
  return list
    .toSorted((a, b) => (position(a) < position(b) ? -1 : position(a) > position(b) ? 1 : 0))
    .map((element) => {
      if (!isObject(element)) return element
      const { index: _, ...rest } = element
      return rest
    })
}
