import { isObject, type Json, type JsonObject } from '../json.ts'
import { UntranslatableError } from './untranslatable-error.ts'

/** What becomes of the fields of one object. A field that is in none of the three cannot be translated. */
export type FieldRules = {
  /** Has its equivalent, and is translated. */
  translated: readonly string[]
  /** Has no equivalent, but with such a value asks for nothing. */
  neutral?: { [field: string]: (value: Json) => boolean }
  /** Changes speed or price at its own provider, or means something to it alone; the response is not asked to differ. */
  ignored?: readonly string[]
  /** Why a field cannot be translated, where there is more to say than that there is no such thing. */
  reasons?: { [field: string]: string }
}

/**
 * @param path where the object stands in the request, such as `messages[2]`; empty for the request itself.
 * @param ignored takes the names of fields that are there and are ignored.
 * @throws UntranslatableError naming the first field that would be lost.
 */
export function checkFields(object: JsonObject, path: string, rules: FieldRules, ignored: string[]): void {
  for (const [field, value] of Object.entries(object)) {
    if (value === undefined || value === null || rules.translated.includes(field)) continue
    const param = path === '' ? field : `${path}.${field}`
    if (rules.neutral && Object.hasOwn(rules.neutral, field) && rules.neutral[field]?.(value)) continue
    if (rules.ignored?.includes(field)) ignored.push(param)
    else throw new UntranslatableError(param, rules.reasons?.[field] ?? 'it has no equivalent there')
  }
}

export function isExactly(...values: Json[]): (value: Json) => boolean {
  return (value) => values.some((it) => it === value)
}

/** An empty string, list or object. */
export function isEmpty(value: Json): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
}

/**
 * The objects of a list with their places in it; none where the list is absent.
 * @throws UntranslatableError where it is no list, or holds anything else: passing over that would lose it.
 */
export function* eachObject(
  value: Json | undefined,
  path: string,
): Generator<[index: number, object: JsonObject]> {
  if (value === undefined || value === null) return
  if (!Array.isArray(value)) throw new UntranslatableError(path, 'it is not a list')
  for (const [index, element] of value.entries()) {
    if (!isObject(element)) throw new UntranslatableError(`${path}[${index}]`, 'it is not an object')
    yield [index, element]
  }
}
