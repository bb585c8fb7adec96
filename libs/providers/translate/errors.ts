import { anthropicErrorBody } from '../formats/anthropic-messages/error.ts'
import { openaiErrorBody, openaiErrorType } from '../formats/openai/error.ts'
import { isObject, type JsonObject, parseObject, stringOf } from '../json.ts'
import type { WireError } from '../wire-format.ts'

/** An error of an Anthropic provider for an OpenAI client. */
export function messagesToChatError(status: number, text: string): { status: number; body: string } {
  const error = chatErrorOfMessages(parseObject(text), status)
  return { status: error.status, body: openaiErrorBody(error) }
}

/** An error of an OpenAI provider for an Anthropic client. */
export function chatToMessagesError(status: number, text: string): { status: number; body: string } {
  const error = messagesErrorOfChat(parseObject(text), status)
  return { status: error.status, body: anthropicErrorBody(error) }
}

/** OpenAI's status and code for each error type of Anthropic's. */
const openaiErrors: Record<string, { status: number; code: string | null }> = {
  invalid_request_error: { status: 400, code: null },
  authentication_error: { status: 401, code: 'invalid_api_key' },
  billing_error: { status: 429, code: 'insufficient_quota' },
  permission_error: { status: 403, code: null },
  not_found_error: { status: 404, code: 'model_not_found' },
  request_too_large: { status: 413, code: 'request_too_large' },
  rate_limit_error: { status: 429, code: 'rate_limit_exceeded' },
  timeout_error: { status: 504, code: 'timeout' },
  overloaded_error: { status: 503, code: 'overloaded' },
  api_error: { status: 500, code: null },
}

/** @param status that the error came with; absent where it came in a stream. */
export function chatErrorOfMessages(body: JsonObject | undefined, status?: number): WireError {
  const error = body && isObject(body.error) ? body.error : {}
  const known = openaiErrors[stringOf(error.type) ?? '']
  const told = known && (status === undefined || agrees(known, status)) ? known : undefined
  const ours = told?.status ?? status ?? 500
  const type = told?.code === 'insufficient_quota' ? 'insufficient_quota' : openaiErrorType(ours)
  return { status: ours, type, code: told?.code ?? null, message: messageOf(error, status), param: null }
}

/** Anthropic also uses `invalid_request_error` for statuses of the 4xx range that have no type of their own. */
function agrees(known: { status: number }, status: number): boolean {
  return known.status === 400 ? status === 400 : status < 500 === known.status < 500
}

/** @param status that the error came with; absent where it came in a stream. */
export function messagesErrorOfChat(body: JsonObject | undefined, status?: number): WireError {
  const error = body && isObject(body.error) ? body.error : {}
  const code = stringOf(error.code) ?? null
  return {
    status: messagesStatus(status ?? statusOfType(stringOf(error.type), code), code),
    type: stringOf(error.type) ?? '',
    code: null,
    message: messageOf(error, status),
    param: null,
  }
}

/** Anthropic's own statuses for what OpenAI answers with another one. */
function messagesStatus(status: number, code: string | null): number {
  if (code === 'insufficient_quota') return 402
  return status === 503 ? 529 : status
}

function statusOfType(type: string | undefined, code: string | null): number {
  if (code === 'rate_limit_exceeded' || type === 'requests' || type === 'tokens') return 429
  return type === 'invalid_request_error' ? 400 : 500
}

function messageOf(error: JsonObject, status: number | undefined): string {
  const fallback =
    status === undefined
      ? 'The provider broke off with an error'
      : `The provider answered with status ${status} and no readable error`
  return stringOf(error.message) ?? fallback
}
