import { sseText } from '../../sse.ts'
import type { WireError } from '../../wire-format.ts'

/** The error type that Anthropic responds with under a status. */
function anthropicErrorType(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 402) return 'billing_error'
  if (status === 403) return 'permission_error'
  if (status === 404) return 'not_found_error'
  if (status === 413) return 'request_too_large'
  if (status === 429) return 'rate_limit_error'
  if (status === 504) return 'timeout_error'
  if (status === 503 || status === 529) return 'overloaded_error'
  return status >= 500 ? 'api_error' : 'invalid_request_error'
}

/** `{"type":"error","error":{"type","message"},"request_id"}`, with our own code where there is one. */
export function anthropicErrorBody(error: WireError): string {
  return JSON.stringify(anthropicError(error))
}

/** Anthropic's clients raise an APIError when they read an `error` event. */
export function anthropicErrorFrames(error: WireError): string {
  return sseText(anthropicError(error), 'error')
}

function anthropicError({ status, message, code }: WireError) {
  const type = anthropicErrorType(status)
  return {
    type: 'error',
    error: code === null ? { type, message } : { type, message, code },
    request_id: null,
  }
}
