import type { WireError } from '../../wire-format.ts'

/** `{"error":{"message","type","param","code"}}`, as OpenAI's endpoints respond. */
export function openaiErrorBody({ message, type, param, code, policy }: WireError): string {
  return JSON.stringify({ error: { message, type, param, code, policy } })
}

/** What the frame that ends a blocked stream has beside `content_filter`, under `airs`: it is too late for status 403. */
export function violation(message: string, policy: string | undefined) {
  return { type: 'policy_violation', message, policy }
}

/** The error as a frame of a stream; OpenAI's clients raise an APIError when they read it. */
export function openaiErrorFrames(error: WireError): string {
  return `data: ${openaiErrorBody(error)}\n\n`
}

/** The error type that OpenAI responds with under a status. */
export function openaiErrorType(status: number): string {
  if (status === 429) return 'requests'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}
