import { anthropicErrorBody } from '../formats/anthropic-messages/error.ts'
import { openaiErrorBody, openaiErrorType } from '../formats/openai/error.ts'
import { entryOf, isObject, type Json, type JsonObject, parseObject, stringOf } from '../json.ts'
import type { WireError } from '../wire-format.ts'

/** An error of an Anthropic provider for an OpenAI client. */
export function messagesToChatError(status: number, text: string): { status: number; body: string } {
  const error = chatErrorOfMessages(readError(text), status)
  return { status: error.status, body: openaiErrorBody(error) }
}

/** An error of an OpenAI provider for an Anthropic client. */
export function chatToMessagesError(status: number, text: string): { status: number; body: string } {
  const error = messagesErrorOfChat(readError(text), status)
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
  const known = entryOf(openaiErrors, error.type)
  const matching = known && (status === undefined || agrees(known, status)) ? known : undefined
  const ours = matching?.status ?? status ?? 500
  const type = matching?.code === 'insufficient_quota' ? 'insufficient_quota' : openaiErrorType(ours)
  return { status: ours, type, code: matching?.code ?? null, message: messageOf(body, status), param: null }
}

/** Anthropic also uses `invalid_request_error` for statuses of the 4xx range that have no type of their own. */
function agrees(known: { status: number }, status: number): boolean {
  return known.status === 400 ? status === 400 : status < 500 === known.status < 500
}

/** @param status that the error came with; absent where it came in a stream. */
export function messagesErrorOfChat(body: JsonObject | undefined, status?: number): WireError {
  const error = body && isObject(body.error) ? body.error : {}
  const code = stringOf(error.code) ?? stringOf(body?.code) ?? null
  return {
    status: messagesStatus(status ?? statusOfType(stringOf(error.type), code), code),
    type: stringOf(error.type) ?? '',
    code: null,
    message: messageOf(body, status),
    param: null,
  }
}

/** Anthropic's own statuses for what OpenAI responds with another one. */
function messagesStatus(status: number, code: string | null): number {
  if (code === 'insufficient_quota') return 402
  return status === 503 ? 529 : status
}

function statusOfType(type: string | undefined, code: string | null): number {
  if (code === 'rate_limit_exceeded' || type === 'requests' || type === 'tokens') return 429
  return type === 'invalid_request_error' ? 400 : 500
}

export function messageOf(body: JsonObject | undefined, status: number | undefined): string {
  const fallback =
    status === undefined
      ? 'The provider broke off with an error'
      : `The provider responded with status ${status} and no readable error`
  return (body && providerMessage(body)) ?? fallback
}

/** No more than this of a text that is no JSON is taken for the message of an error. */
const longestText = 500

/**
 * The body of an error as an object, whatever it came as: JSON within JSON, a list of errors as Google's servers give, a
 * web page of a proxy, or a plain text.
 */
export function readError(text: string): JsonObject | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { error: { message: plainText(text) } }
  }
  const [first] = Array.isArray(value) ? value : [value]
  if (typeof first === 'string') return { error: { message: first } }
  return isObject(first) ? first : undefined
}

/** What stands between the tags of a web page, or all of a text that is none. */
function plainText(text: string): string | undefined {
  const begun = text.slice(0, 20_000)
  const visible = begun.trimStart().startsWith('<')
    ? begun
        .split('<')
        .filter((piece) => !/^(?:style|script)\b/i.test(piece))
        .map((piece) => piece.slice(piece.indexOf('>') + 1))
        .join(' ')
    : begun
  return visible.split(/\s/).filter(Boolean).join(' ').slice(0, longestText) || undefined
}

/**
 * The message of an error as OpenAI (`error.message`), FastAPI servers such as vLLM (`message`, `detail`), Ollama and
 * TGI (`error` as a text) and routers such as OpenRouter (the upstream's own in `error.metadata.raw`) give it.
 */
export function providerMessage(body: JsonObject): string | undefined {
  const { error } = body
  const candidates = [
    error,
    isObject(error) ? error.message : undefined,
    body.message,
    body.detail,
    body.errors,
  ]
  for (const candidate of candidates) {
    const text = textOfError(candidate)
    if (text === undefined) continue
    const raw = isObject(error) && isObject(error.metadata) ? textOfError(error.metadata.raw) : undefined
    return raw === undefined || raw === text ? text : `${text}: ${raw}`
  }
  return undefined
}

/** A text, one in an object's `message`, `msg`, `detail` or `error`, or those of a list; a JSON text within a text is read. */
function textOfError(value: Json | undefined, depth = 0): string | undefined {
  if (depth > 4) return undefined
  if (typeof value === 'string') {
    const inner = value.trimStart().startsWith('{') ? parseObject(value) : undefined
    return (inner && textOfError(inner, depth + 1)) ?? (value.trim() === '' ? undefined : value)
  }
  if (Array.isArray(value)) {
    const texts = value.flatMap((it) => textOfError(it, depth + 1) ?? [])
    return texts.length === 0 ? undefined : texts.slice(0, 5).join('; ')
  }
  if (!isObject(value)) return undefined
  for (const field of ['message', 'msg', 'detail', 'error']) {
    const text = textOfError(value[field], depth + 1)
    if (text !== undefined) return text
  }
  return undefined
}
