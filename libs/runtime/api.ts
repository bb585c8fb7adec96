import express, { type Express, type NextFunction, type Request, type Response, Router } from 'express'
import type { z } from 'zod'
import { type Access, followTokens } from './access.ts'
import { ApiError } from './api-error.ts'
import { authorize, type Caller, createAuthenticator, type Role } from './auth.ts'
import { type ReadinessCheck, readiness } from './health.ts'
import type { Logger } from './log.ts'
import type { Metrics } from './metrics.ts'
import { createRequestObserver } from './observe-requests.ts'
import { type Operation, openApi } from './openapi.ts'
import { createWebApp } from './web-app.ts'

export type ApiContext<Params, Query, Body> = {
  caller: Caller
  params: Params
  query: Query
  body: Body
  request: Request
  response: Response
}

export type Route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = {
  /** Least role that a token needs. */
  role: Role
  summary: string
  params?: P
  query?: Q
  body?: B
  /** Media types of the body; JSON when absent. Anything but JSON reaches `body` as a string. */
  bodyTypes?: string[]
  answer?: z.ZodType
  status?: number
}

export type Api = {
  app: Express
  /**
   * Adds a route. What `handle` returns is sent as JSON; a handler that has answered by itself returns nothing.
   * Parameters, query and body are validated by their schemas, which also become the OpenAPI document.
   */
  route<
    P extends z.ZodType = z.ZodObject,
    Q extends z.ZodType = z.ZodObject,
    B extends z.ZodType = z.ZodUndefined,
  >(
    method: 'get' | 'post' | 'put' | 'delete',
    path: string,
    route: Route<P, Q, B>,
    handle: (context: ApiContext<z.infer<P>, z.infer<Q>, z.infer<B>>) => Promise<unknown>,
  ): void
}

/**
 * The Express application of a control API: health, readiness, metrics, `/openapi.json`, tokens with roles,
 * validation and one translation of errors.
 */
export function createApi({
  service,
  access,
  log,
  metrics,
  checks,
  bodyLimitBytes = 4 * 1024 * 1024,
}: {
  service: string
  access: Access
  log: Logger
  metrics: Metrics
  checks: Record<string, ReadinessCheck>
  bodyLimitBytes?: number
}): Api {
  const authenticate = createAuthenticator(followTokens(access, log))
  /** Before the body is read: who may not do it sends nothing that is looked at. */
  const admit = (role: Role) => (request: Request, response: Response, next: NextFunction) => {
    const caller = authenticate(request.headers.authorization)
    authorize(caller, role)
    response.locals.caller = caller
    next()
  }
  const observe = createRequestObserver(metrics)
  const operations: Operation[] = []
  const router = Router()
  const app = createWebApp({
    service,
    log,
    addRoutes(app) {
      addProbes(app, checks, metrics)
      app.get('/openapi.json', (_request, response) => {
        response.json(openApi(`AIRS-CP ${service}`, operations))
      })
      app.use(router)
    },
  })

  return {
    app,
    route(method, path, route, handle) {
      operations.push({ method, path, ...route })
      const parsers = route.body ? [bodyParser(route.bodyTypes, bodyLimitBytes)] : []
      router[method](
        path,
        observe(method.toUpperCase(), path),
        admit(route.role),
        ...parsers,
        async (request: Request, response: Response) => {
          const caller: Caller = response.locals.caller
          const answer = await handle({
            caller,
            params: validate(route.params, request.params, 'path'),
            query: validate(route.query, request.query, 'query'),
            body: validate(route.body, request.body, 'body'),
            request,
            response,
          } as never)
          if (answer !== undefined && !response.headersSent) response.status(route.status ?? 200).json(answer)
          else if (answer === undefined && !response.headersSent) response.status(204).end()
        },
      )
    },
  }
}

/** `/healthz`, `/readyz` and `/metrics`, open to everybody who reaches the port; they say nothing of content. */
function addProbes(app: Express, checks: Record<string, ReadinessCheck>, metrics: Metrics): void {
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' })
  })
  app.get('/readyz', async (_request, response) => {
    const result = await readiness(checks)
    response.status(result.ready ? 200 : 503).json(result)
  })
  app.get('/metrics', async (_request, response) => {
    response.type('text/plain; version=0.0.4').send(await metrics.text())
  })
}

function bodyParser(types: string[] | undefined, limit: number) {
  return types ? express.text({ type: types, limit }) : express.json({ limit })
}

function validate(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return undefined
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => ({ at: issue.path.join('.'), message: issue.message }))
  const text = problems.map(({ at, message }) => (at ? `${at}: ${message}` : message)).join('; ')
  throw new ApiError(400, 'invalid_request', `The ${where} is not valid: ${text}`, problems)
}
