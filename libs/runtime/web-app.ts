import { InvalidControlEventError } from '@airs-cp/events'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { ApiError } from './api-error.ts'
import type { Logger } from './log.ts'

const securityHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
}

/** An Express application with security headers and the one translation of errors; an unknown route gets 404, an unknown method 405. */
export function createWebApp({
  service,
  log,
  addRoutes,
  allows = () => [],
}: {
  service: string
  log: Logger
  addRoutes: (app: Express) => void
  /** The methods that there are at a path. */
  allows?: (path: string) => readonly string[]
}): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('query parser', 'simple')
  app.use((request, response, next) => {
    response.set(securityHeaders)
    if ('encrypted' in request.socket) response.set('Strict-Transport-Security', 'max-age=31536000')
    next()
  })
  addRoutes(app)
  app.use((request: Request, response: Response) => {
    const methods = allows(request.path)
    if (methods.length > 0) {
      response.set('Allow', methods.join(', '))
      throw new ApiError(
        405,
        'method_not_allowed',
        `${request.path} has ${methods.join(', ')}, and no ${request.method}`,
      )
    }
    throw new ApiError(404, 'route_unknown', `${request.method} ${request.path} is not a route of ${service}`)
  })
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    respondWithError(error, request, response, log)
  })
  return app
}

function respondWithError(error: unknown, request: Request, response: Response, log: Logger): void {
  const known = toApiError(error)
  if (known && (known.status === 401 || known.status === 403))
    log.warn({ code: known.code, method: request.method, path: request.path }, 'access denied')
  if (!known) log.error({ err: error, method: request.method, path: request.path }, 'request failed')
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, code, message, details } =
    known ?? new ApiError(500, 'internal', 'Something failed inside; the log of this service has the cause')
  if (status === 401) response.set('WWW-Authenticate', 'Bearer')
  // They described a file that is not sent.
  for (const name of ['Content-Type', 'Content-Disposition', 'Content-Encoding']) response.removeHeader(name)
  response.status(status).json({ error: { code, message, ...(details === undefined ? {} : { details }) } })
}

/** As Express and its parsers throw them. */
type HttpError = { status: number; type: string; message: string; limit: number }

function toApiError(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error
  if (error instanceof InvalidControlEventError)
    return error.reason === 'too-large'
      ? new ApiError(413, 'change_too_large', error.message)
      : new ApiError(400, 'invalid_request', error.message)
  const { status, type, message, limit } = error as Partial<HttpError>
  if (type === 'entity.too.large')
    return new ApiError(
      413,
      'body_too_large',
      `The body is too large${limit === undefined ? '' : `: ${limit} bytes is the most here`}`,
    )
  if (status && status >= 400 && status < 500)
    return new ApiError(status, 'invalid_request', `The request could not be read: ${message}`)
  return undefined
}
