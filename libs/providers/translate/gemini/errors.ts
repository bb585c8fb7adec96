import { geminiErrorBody } from '../../formats/gemini/error.ts'
import { openaiErrorBody, openaiErrorType } from '../../formats/openai/error.ts'
import { entryOf, isObject, type JsonObject, objectsOf, stringOf } from '../../json.ts'
import type { WireError } from '../../wire-format.ts'
import { messageOf, readError } from '../errors.ts'

/** An error of a Gemini provider for an OpenAI client. */
export function geminiToChatError(status: number, text: string): { status: number; body: string } {
  const error = chatErrorOfGemini(readError(text), status)
  return { status: error.status, body: openaiErrorBody(error) }
}

/** An error of an OpenAI provider for a Gemini client. */
export function chatToGeminiError(status: number, text: string): { status: number; body: string } {
  const error = geminiErrorOfChat(readError(text), status)
  return { status: error.status, body: geminiErrorBody(error) }
}

/** OpenAI's status and code for each status of Google's (https://cloud.google.com/apis/design/errors). */
const openaiErrors: Record<string, { status: number; code: string | null }> = {
  INVALID_ARGUMENT: { status: 400, code: null },
  FAILED_PRECONDITION: { status: 400, code: null },
  OUT_OF_RANGE: { status: 400, code: null },
  UNAUTHENTICATED: { status: 401, code: 'invalid_api_key' },
  PERMISSION_DENIED: { status: 403, code: null },
  NOT_FOUND: { status: 404, code: 'model_not_found' },
  RESOURCE_EXHAUSTED: { status: 429, code: 'rate_limit_exceeded' },
  UNAVAILABLE: { status: 503, code: 'overloaded' },
  DEADLINE_EXCEEDED: { status: 504, code: 'timeout' },
}

/** @param status that the error came with; absent where it came in a stream. */
export function chatErrorOfGemini(body: JsonObject | undefined, status?: number): WireError {
  const error = body && isObject(body.error) ? body.error : {}
  const said = stringOf(error.status) ?? ''
  const code =
    typeof error.code === 'number' && error.code >= 400 && error.code < 600 ? error.code : undefined
  // Google responds to a wrong key with status 400.
  const meant = entryOf(openaiErrors, said)
  const agrees = status === undefined || meant?.status === status
  const known = isWrongKey(error) ? openaiErrors.UNAUTHENTICATED : agrees ? meant : undefined
  const ours = known?.status ?? status ?? code ?? 500
  const type = openaiErrorType(ours)
  return { status: ours, type, code: known?.code ?? null, message: messageOf(body, status), param: null }
}

function isWrongKey({ details }: JsonObject): boolean {
  return [...objectsOf(details)].some(([, { reason }]) => reason === 'API_KEY_INVALID')
}

/** @param status that the error came with; absent where it came in a stream. */
export function geminiErrorOfChat(body: JsonObject | undefined, status = 500): WireError {
  const error = body && isObject(body.error) ? body.error : {}
  const code = stringOf(error.code) ?? stringOf(body?.code) ?? null
  return { status, type: stringOf(error.type) ?? '', code, message: messageOf(body, status), param: null }
}
