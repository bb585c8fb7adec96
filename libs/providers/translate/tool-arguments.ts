import { isObject, parseJson, parseObject } from '../json.ts'

/** The name under which arguments stand that cannot be read. */
const unreadArguments = '__raw'

/**
 * The arguments of a call as JSON text of an object, as Anthropic wants them. Their own bytes where they are one; where
 * the text was cut, what is there of it; else an object that holds the text, so that the model sees its mistake.
 */
export function argumentsObject(value: unknown): { json: string; isWhole: boolean } {
  if (isObject(value)) return { json: JSON.stringify(value), isWhole: true }
  const text =
    typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)
  if (text.trim() === '' || text.trim() === 'null') return { json: '{}', isWhole: true }
  if (parseObject(text) !== undefined) return { json: text, isWhole: true }
  const completed = completeJson(text)
  if (completed !== undefined && parseObject(completed) !== undefined)
    return { json: completed, isWhole: false }
  return { json: JSON.stringify({ [unreadArguments]: text }), isWhole: false }
}

export function isCompleteObject(text: string): boolean {
  return parseObject(text) !== undefined
}

/** A JSON text that was cut, with its open strings, lists and objects closed and a member without a value taken back; undefined where it was no beginning of one. */
function completeJson(text: string): string | undefined {
  const closers: string[] = []
  let inString = false
  /** Where the text can be cut so that only whole members stay: behind an opening bracket or before a comma. */
  let safe: { at: number; closers: string[] } | undefined
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (inString) {
      if (character === '\\') at++
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '{' || character === '[') {
      closers.unshift(character === '{' ? '}' : ']')
      safe = { at: at + 1, closers: [...closers] }
    } else if (character === '}' || character === ']') {
      if (closers.shift() !== character) return undefined
    } else if (character === ',') safe = { at, closers: [...closers] }
  }
  if (closers.length === 0 || !safe) return undefined
  const whole = text + (inString ? '"' : '') + closers.join('')
  if (parseJson(whole) !== undefined) return whole
  return text.slice(0, safe.at) + safe.closers.join('')
}
