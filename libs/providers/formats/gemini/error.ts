import { sseText } from '../../sse.ts'
import type { WireError } from '../../wire-format.ts'

const statuses: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  413: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/** `{"error":{"code","message","status","details"}}`, as Google's APIs respond; our own code stands in the details. */
export function geminiErrorBody(error: WireError): string {
  return JSON.stringify(geminiError(error))
}

export function geminiErrorFrames(error: WireError): string {
  return sseText(geminiError(error))
}

function geminiError({ status, message, code, policy }: WireError) {
  const reason = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: code ?? 'error',
    domain: 'airs',
  }
  const details = policy === undefined ? reason : { ...reason, metadata: { policy } }
  return {
    error: {
      code: status,
      message,
      status: statuses[status] ?? (status >= 500 ? 'INTERNAL' : 'FAILED_PRECONDITION'),
      details: [details],
    },
  }
}
