import { isObject, type Json, type JsonObject } from './json.ts'

/**
 * Whether a provider has signed what an object says, so that it has to come back unchanged. That depends on where it stands: a field
 * of that name which a client writes anywhere else signs nothing.
 *
 * | format            | what is signed                                                          |
 * |-------------------|-------------------------------------------------------------------------|
 * | Anthropic         | blocks of thinking; citations with an `encrypted_index`                 |
 * | OpenAI Responses  | reasoning with its encrypted form                                       |
 * | OpenAI chat       | details of reasoning, as gateways pass on those of other providers; calls of Gemini's models |
 * | Gemini            | parts with a `thoughtSignature`                                         |
 */
export function isSigned(object: JsonObject, tokens: readonly string[]): boolean {
  const { signature, encrypted_content, encrypted_index, extra_content, function: called } = object
  if (isFilled(signature) && (isThought(object.type) || isIn(reasoningLists, tokens))) return true
  if (isFilled(encrypted_content) && object.type === 'reasoning') return true
  if (isFilled(encrypted_index) && (tokens.at(-2) === 'citations' || tokens.at(-1) === 'citation'))
    return true
  const isFound =
    isFilled(object.thoughtSignature) ||
    isFilled(object.thought_signature) ||
    (extra_content !== undefined && isFilled(within(extra_content, 'google', 'thought_signature'))) ||
    (called !== undefined && isFilled(within(called, 'thought_signature')))
  return isFound && isIn(thoughtLists, tokens)
}

const reasoningLists = new Set(['reasoning_details', 'thinking_blocks'])
const thoughtLists = new Set([...reasoningLists, 'parts', 'content', 'tool_calls'])

/** Whether an element stands in one of these lists. */
function isIn(lists: ReadonlySet<string>, tokens: readonly string[]): boolean {
  return lists.has(tokens.at(-2) ?? '') && /^\d+$/.test(tokens.at(-1) ?? '')
}

function isThought(type: Json | undefined): boolean {
  return typeof type === 'string' && /^(?:redacted_)?thinking$|^reasoning\b|^signature_delta$/.test(type)
}

function within(value: Json | undefined, ...tokens: string[]): Json | undefined {
  return tokens.reduce<Json | undefined>((at, token) => (isObject(at) ? at[token] : undefined), value)
}

function isFilled(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== ''
}
