/** An error of a control API that its caller can act on. Every other error becomes a 500 without details. */
export class ApiError extends Error {
  override name = 'ApiError'
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

export const notFound = (what: string) => new ApiError(404, 'not_found', `${what} does not exist`)

/** Of a route that each service has for itself. */
export const otherService = (service: string, asked: string) =>
  new ApiError(
    404,
    'not_found',
    `This is the ${service} service: ask the console, or the ${asked} service itself`,
  )
