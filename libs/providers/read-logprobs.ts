import { isObject, type Json, type JsonObject, listOf } from './json.ts'
import type { TextPart, TextRole } from './text-part.ts'

/** Members that have log probabilities, as OpenAI and Gemini call them. */
export const logprobsFields: ReadonlySet<string> = new Set(['logprobs', 'logprobsResult'])

/** Of log probabilities, lists of tokens that might have been said, and were not. */
export const alternativeFields: ReadonlySet<string> = new Set(['top_logprobs', 'topCandidates'])

export type ReadLogprobs = {
  /** The tokens spell out what stands beside them. */
  isEcho: boolean
  /** The string at a place as a text that is to be read: undefined for what was read, elsewhere or once in here. */
  textAt(tokens: readonly string[], path: string, text: string, role: TextRole): TextPart | undefined
}

/**
 * Log probabilities repeat a text token by token, with other tokens that were likely: `{content: [{token, top_logprobs}]}` and a list of
 * such in OpenAI's formats, `{tokens, top_logprobs}` in its completions, `{chosenCandidates, topCandidates}` in Gemini's. Whether they
 * do is for their provider to say, so that they are compared. Tokens that spell out anything else are read like parts of one text, and
 * every other string in them once.
 * @param beside the object that has them.
 * @param depth of their place.
 */
export function readLogprobs(
  value: JsonObject | readonly Json[],
  beside: JsonObject | undefined,
  depth: number,
): ReadLogprobs {
  const lists = chosenIn(value)
  const said = beside ? saidIn(beside) : []
  const isEcho = lists.every((list) => {
    const spelled = list.join('')
    return said.some((text) => text.includes(spelled))
  })
  const echoes = new Set(isEcho ? lists.flat() : [])
  const seen = new Map<string, TextPart>()
  let before: string | undefined

  function isChosen(tokens: readonly string[]): boolean {
    const [field = '', ...within] = tokens.slice(depth)
    if (alternativeFields.has(field)) return false
    if (within.length === 1) return field === 'tokens' || (within[0] === 'token' && Array.isArray(value))
    return within.length === 2 && within[1] === 'token'
  }

  return {
    isEcho,
    textAt(tokens, path, text, role) {
      if (echoes.has(text)) return undefined
      const part: TextPart = { path, text, role, kind: 'unknown' }
      if (!isEcho && isChosen(tokens)) {
        if (before !== undefined) part.continues = before
        before = path
        return part
      }
      const known = seen.get(text)
      if (!known) {
        // One with data in it is read where it stands.
        if (!/data:/i.test(text)) seen.set(text, part)
        return part
      }
      known.also ??= []
      known.also.push(path)
      return undefined
    },
  }
}

/** Lists of the tokens that were said. */
function chosenIn(value: JsonObject | readonly Json[]): string[][] {
  if (Array.isArray(value)) return [tokensOf(value)]
  return Object.entries(value).flatMap(([field, list]) =>
    Array.isArray(list) && !alternativeFields.has(field) ? [tokensOf(list, field === 'tokens')] : [],
  )
}

function tokensOf(list: readonly Json[], areStrings = false): string[] {
  const tokens: string[] = []
  for (const element of list) {
    const token = areStrings ? element : isObject(element) ? element.token : undefined
    if (typeof token === 'string') tokens.push(token)
  }
  return tokens
}

/** What a choice, a candidate, a part or an event says itself; no deeper, since each may have log probabilities of its own. */
function saidIn(beside: JsonObject): string[] {
  const said: string[] = []
  for (const holder of [beside, beside.message, beside.delta]) {
    if (typeof holder === 'string') said.push(holder)
    if (!isObject(holder)) continue
    for (const text of [holder.text, holder.content, holder.refusal])
      if (typeof text === 'string') said.push(text)
    const { content } = holder
    const parts = listOf(isObject(content) ? content.parts : content)
    if (parts.length > 0) said.push(textOf(parts, false), textOf(parts, true))
  }
  return said
}

/** Parts of one kind are read as one text. */
function textOf(parts: readonly Json[], areThoughts: boolean): string {
  let said = ''
  for (const part of parts)
    if (isObject(part) && typeof part.text === 'string' && (part.thought === true) === areThoughts)
      said += part.text
  return said
}
