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
  const { signature, type } = object
  const list = listOf(tokens)
  if (isFilled(signature) && (isThought(type) || (list !== undefined && reasoningLists.has(list))))
    return true
  if (type === 'reasoning' && isFilled(object.encrypted_content)) return true
  if (isFilled(object.encrypted_index) && (list === 'citations' || tokens.at(-1) === 'citation')) return true
  if (list === undefined || !thoughtLists.has(list)) return false
  return (
    isFilled(object.thoughtSignature) ||
    isFilled(object.thought_signature) ||
    isFilled(within(object.extra_content, 'google', 'thought_signature')) ||
    isFilled(within(object.function, 'thought_signature'))
  )
}

const reasoningLists = new Set(['reasoning_details', 'thinking_blocks'])
const thoughtLists = new Set([...reasoningLists, 'parts', 'content', 'tool_calls'])

/** The list in which an element stands. */
function listOf(tokens: readonly string[]): string | undefined {
  return /^\d+$/.test(tokens.at(-1) ?? '') ? tokens.at(-2) : undefined
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
