import type { WireError } from '../wire-format.ts'

/** `{"error":{"message","type","param","code"}}`, as OpenAI's endpoints answer. */
export function openaiErrorBody({ message, type, param, code }: WireError): string {
  return JSON.stringify({ error: { message, type, param, code } })
}

/** The error as a frame of a stream; OpenAI's clients raise an APIError when they read it. */
export function openaiErrorFrames(error: WireError): string {
  return `data: ${openaiErrorBody(error)}\n\n`
}

/** The error type that OpenAI answers with under a status. */
export function openaiErrorType(status: number): string {
  if (status === 429) return 'requests'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}
