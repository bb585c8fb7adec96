/** What was passed in cannot be used; nothing was asked of AIRS-CP. */
export class ArgumentError extends Error {
  override name = 'ArgumentError'
}

/** AIRS-CP responded, and the response is an error. `code` is the control API's own, such as `role_missing`. */
export class ApiClientError extends Error {
  override name = 'ApiClientError'
  readonly status: number
  readonly code: string
  readonly details: unknown

  constructor(status: number, code: string, message: string, details?: unknown) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
  }
}

/** Something responded that is not AIRS-CP. */
export function notAirsError(url: string, status: number): ApiClientError {
  return new ApiClientError(
    status,
    'not_airs',
    `The server at ${url} (it responded with status ${status}) is not AIRS-CP's control origin: check the address`,
  )
}

/** Nothing responded, or the connection broke before the response was complete. */
export class UnreachableError extends Error {
  override name = 'UnreachableError'
  readonly url: string

  constructor(url: string, reason: string, cause: unknown) {
    super(`Cannot reach ${url}: ${reason}`, { cause })
    this.url = url
  }
}

/** An export ended without a file. */
export class ExportEndedError extends Error {
  override name = 'ExportEndedError'
}

/** A backtest ended without a report. */
export class BacktestEndedError extends Error {
  override name = 'BacktestEndedError'
}

/** The bytes that arrived are not those that were exported. */
export class DigestMismatchError extends Error {
  override name = 'DigestMismatchError'
}
