import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { ApiError } from './api-error.ts'
import type { Logger } from './log.ts'

/** An Express application with security headers and the one translation of errors; a route that is unknown is a 404. */
export function createWebApp({
  service,
  log,
  addRoutes,
}: {
  service: string
  log: Logger
  addRoutes: (app: Express) => void
}): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('query parser', 'simple')
  app.use((_request, response, next) => {
    response.set({
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'Referrer-Policy': 'no-referrer',
    })
    next()
  })
  addRoutes(app)
  app.use((request: Request, _response: Response) => {
    throw new ApiError(404, 'route_unknown', `${request.method} ${request.path} is not a route of ${service}`)
  })
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    answerError(error, request, response, log)
  })
  return app
}

function answerError(error: unknown, request: Request, response: Response, log: Logger): void {
  const known = toApiError(error)
  if (!known) log.error({ err: error, method: request.method, path: request.path }, 'request failed')
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, code, message, details } =
    known ?? new ApiError(500, 'internal', 'Something failed inside; the log of this service has the cause')
  response.status(status).json({ error: { code, message, ...(details === undefined ? {} : { details }) } })
}

function toApiError(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error
  const { status, type, message } = error as { status?: number; type?: string; message?: string }
  if (type === 'entity.too.large') return new ApiError(413, 'body_too_large', 'The body is too large')
  if (status && status >= 400 && status < 500)
    return new ApiError(status, 'invalid_request', `The request could not be read: ${message}`)
  return undefined
}
