import type { WireError } from '../wire-format.ts'

type Kind = { type: string; code: string | null; message: string }

/** What OpenAI responds under a status, as its clients know it. */
const kinds: Record<number, Kind> = {
  400: { type: 'invalid_request_error', code: null, message: 'The request is invalid.' },
  401: { type: 'invalid_request_error', code: 'invalid_api_key', message: 'Incorrect API key provided.' },
  403: {
    type: 'invalid_request_error',
    code: 'model_not_allowed',
    message: 'You are not allowed to use this model.',
  },
  404: {
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: 'The model does not exist or you do not have access to it.',
  },
  409: {
    type: 'invalid_request_error',
    code: 'conflict',
    message: 'The resource was changed by another request.',
  },
  413: { type: 'invalid_request_error', code: 'request_too_large', message: 'The request is too large.' },
  422: {
    type: 'invalid_request_error',
    code: 'unprocessable',
    message: 'The request could not be processed.',
  },
  429: { type: 'requests', code: 'rate_limit_exceeded', message: 'Rate limit reached for requests.' },
  500: {
    type: 'server_error',
    code: null,
    message: 'The server had an error while processing your request.',
  },
  503: { type: 'server_error', code: 'service_unavailable', message: 'The engine is currently overloaded.' },
}

/** The error that `mock:status=` asks for. */
export function mockError(status: number): WireError {
  const kind = kinds[status] ?? kinds[status < 500 ? 400 : 500]
  if (!kind) throw new Error(`There is no error for status ${status}`)
  return { status, param: null, ...kind }
}
