import { isEncoded } from '../collect-texts.ts'
import { isObject, type JsonObject, maxNesting } from '../json.ts'
import type { FrameText } from '../text-part.ts'

/** Of a message, what is no language or must come back unchanged; its calls are read by themselves. */
const opaqueFields: ReadonlySet<string> = new Set([
  'id',
  'type',
  'role',
  'name',
  'index',
  'format',
  'data',
  'signature',
  'thought_signature',
  'encrypted_content',
  'logprobs',
])

const callFields: ReadonlySet<string> = new Set(['tool_calls', 'function_call'])

/**
 * Strings of a message or delta but for those of its calls, whatever they are called: providers have fields of their own
 * for reasoning, audio and citations. What stands in a list is a piece where it is known of which element; else it is whole.
 * @param channel pointer to the message within the assembled answer.
 */
export function chatStrings(message: JsonObject, path: string, channel: string): FrameText[] {
  const texts: FrameText[] = []

  function takeString(text: string, at: string, within: string, isPiece: boolean): void {
    if (text === '' || (!isPiece && isEncoded(text))) return
    const found = { path: at, channel: within, text, kind: 'text' as const }
    texts.push(isPiece ? found : { ...found, whole: true })
  }

  function takeObject(object: JsonObject, at: string, within: string, isPiece: boolean, depth: number): void {
    if (depth > maxNesting)
      throw new Error(`The answer nests deeper than ${maxNesting} at ${at.slice(0, 100)}`)
    for (const field in object) {
      const value = object[field]
      if (value === null || opaqueFields.has(field) || (depth === 0 && callFields.has(field))) continue
      const name = field.replaceAll('~', '~0').replaceAll('/', '~1')
      if (typeof value === 'string') takeString(value, `${at}/${name}`, `${within}/${name}`, isPiece)
      else if (Array.isArray(value))
        takeList(value, `${at}/${name}`, `${within}/${name}`, isPiece, isPiece && isContent(field), depth)
      else if (isObject(value)) takeObject(value, `${at}/${name}`, `${within}/${name}`, isPiece, depth + 1)
    }
  }

  function takeList(
    list: readonly unknown[],
    at: string,
    within: string,
    isPiece: boolean,
    isInOrder: boolean,
    depth: number,
  ): void {
    for (const [position, element] of list.entries()) {
      const here = `${at}/${position}`
      if (typeof element === 'string') takeString(element, here, `${within}/${position}`, isInOrder)
      else if (isObject(element)) {
        const { index } = element
        const place = typeof index === 'number' ? index : position
        const isKnown = isInOrder || (isPiece && typeof index === 'number')
        takeObject(element, here, `${within}/${place}`, isKnown, depth + 1)
      } else if (Array.isArray(element))
        takeList(element, here, `${within}/${position}`, isPiece, false, depth + 1)
    }
  }

  takeObject(message, path, channel, true, 0)
  return texts
}

/** Lists of parts, of which each delta continues the last (Mistral's). */
function isContent(field: string): boolean {
  return field === 'content' || field === 'thinking'
}

/** The delta that adds `text` to that string of the message. */
export function chatDelta(tokens: readonly string[], text: string): JsonObject | undefined {
  const [field, ...rest] = tokens
  if (field === undefined) return undefined
  const name = field.replaceAll('~1', '/').replaceAll('~0', '~')
  if (rest.length === 0) return { [name]: text }
  const [index, ...inElement] = rest
  if (!/^\d+$/.test(index!)) {
    const inner = chatDelta(rest, text)
    return inner && { [name]: inner }
  }
  const inner = chatDelta(inElement, text)
  if (!inner) return undefined
  return { [name]: [isContent(name) ? { type: inElement[0], ...inner } : { index: Number(index), ...inner }] }
}
