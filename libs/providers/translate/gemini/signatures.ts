import { isObject, type JsonObject, stringOf } from '../../json.ts'

/**
 * Gemini signs a call with what it thought before it, and since version 3 refuses a history whose calls lack their
 * signatures. In OpenAI's format they stand where Google's own endpoint in that format has them:
 * `tool_calls[].extra_content.google.thought_signature` (https://ai.google.dev/gemini-api/docs/thought-signatures).
 */
export function signatureOfCall(call: JsonObject): string | undefined {
  const { extra_content } = call
  const google = isObject(extra_content) ? extra_content.google : undefined
  return (isObject(google) && stringOf(google.thought_signature)) || undefined
}

export function signedCall(signature: string | undefined): JsonObject | undefined {
  return signature === undefined ? undefined : { google: { thought_signature: signature } }
}

/** What Google documents in place of the signature of a call that was made by another model, or whose signature was lost. */
export const unsigned = 'skip_thought_signature_validator'

/**
 * In Anthropic's format a thinking block before the call carries its signature, since clients return those as they came.
 * The prefix distinguishes it from a signature of Anthropic's.
 */
const prefix = 'gemini-'

export function thinkingSignature(signature: string): string {
  return prefix + signature
}

/** The signature of Gemini's in that of a thinking block; undefined where it is of another model. */
export function signatureOfThinking(signature: unknown): string | undefined {
  return typeof signature === 'string' && signature.startsWith(prefix)
    ? signature.slice(prefix.length)
    : undefined
}
