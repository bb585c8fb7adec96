import { isObject, type Json, type JsonObject, maxNesting } from '../../json.ts'
import { escapeToken, type FrameText } from '../../text-part.ts'

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
 * for reasoning, audio and citations. What stands in a list is a piece of the
 * element at its `index`, or at its position, but for lists whose elements come whole.
 * @param channel pointer to the message within the assembled response.
 */
export function chatStrings(message: JsonObject, path: string, channel: string): FrameText[] {
  const texts: FrameText[] = []
  takeObject(texts, message, { at: path, within: channel, isPiece: true, depth: 0 })
  return texts
}

type Place = {
  /** Pointers within the frame, and within the response. */
  at: string
  within: string
  isPiece: boolean
  depth: number
}

function takeObject(texts: FrameText[], object: JsonObject, { at, within, isPiece, depth }: Place): void {
  refuseDepth(depth, at)
  for (const field in object) {
    const value = object[field]
    if (value === null || opaqueFields.has(field) || (depth === 0 && callFields.has(field))) continue
    const name = escapeToken(field)
    if (typeof value === 'string') takeString(texts, value, `${at}/${name}`, `${within}/${name}`, isPiece)
    else if (typeof value === 'object') {
      const place = { at: `${at}/${name}`, within: `${within}/${name}`, isPiece, depth: depth + 1 }
      if (Array.isArray(value)) takeList(texts, value, place, isPiece && !wholeLists.has(field))
      else takeObject(texts, value, place)
    }
  }
}

function takeList(
  texts: FrameText[],
  list: readonly Json[],
  { at, within, isPiece, depth }: Place,
  isInOrder: boolean,
): void {
  refuseDepth(depth, at)
  for (const [position, element] of list.entries()) {
    const here = `${at}/${position}`
    if (typeof element === 'string') takeString(texts, element, here, `${within}/${position}`, isInOrder)
    else if (Array.isArray(element))
      takeList(
        texts,
        element,
        { at: here, within: `${within}/${position}`, isPiece, depth: depth + 1 },
        isInOrder,
      )
    else if (isObject(element)) {
      const { index } = element
      const isKnown = isInOrder || (isPiece && typeof index === 'number')
      const place = `${within}/${typeof index === 'number' ? index : position}`
      takeObject(texts, element, { at: here, within: place, isPiece: isKnown, depth: depth + 1 })
    }
  }
}

function refuseDepth(depth: number, at: string): void {
  if (depth > maxNesting)
    throw new Error(`The response nests deeper than ${maxNesting} at ${at.slice(0, 100)}`)
}

function takeString(texts: FrameText[], text: string, path: string, channel: string, isPiece: boolean): void {
  if (text === '') return
  const found: FrameText = { path, channel, text, kind: 'text' }
  if (!isPiece) found.whole = true
  // What other providers' models thought goes through gateways in there, with signatures that come later.
  if (channel.includes('/message/reasoning_details/')) found.fixed = 'signed'
  texts.push(found)
}

/** Lists whose elements come whole, one after the other: sources and images. */
const wholeLists: ReadonlySet<string> = new Set(['annotations', 'citations', 'search_results', 'images'])
