import { allowedMethods, type Endpoint, type Role } from '@airs-cp/control-api'
import { type Express, type NextFunction, type Request, type Response, Router } from 'express'
import { type Access, followTokens } from './access.ts'
import { authorize, createAuthenticator } from './auth.ts'
import { type ReadinessCheck, readiness } from './health.ts'
import { type Handlers, implement } from './implement.ts'
import type { Logger } from './log.ts'
import type { Metrics } from './metrics.ts'
import { createRequestObserver } from './observe-requests.ts'
import { createWebApp } from './web-app.ts'

export type Api = {
  app: Express
  /**
   * Adds the endpoints of a resource of `@airs-cp/control-api`, each with its handler. Requests are parsed by the
   * endpoint's schemas. What a handler returns is sent as JSON; where the endpoint `writes`, the handler sends it.
   */
  implement<const Defined extends Record<string, Endpoint>>(
    endpoints: Defined,
    handlers: Handlers<Defined>,
  ): void
}

/**
 * The Express application of a control API: health, readiness, metrics, tokens with roles, validation and one
 * translation of errors.
 */
export function createApi({
  service,
  access,
  log,
  metrics,
  checks,
  notes = {},
  bodyLimitBytes = 4 * 1024 * 1024,
}: {
  service: string
  access: Access
  log: Logger
  metrics: Metrics
  checks: Record<string, ReadinessCheck>
  /** Sentences for `/readyz` that do not make the service unready. */
  notes?: Record<string, () => string | undefined>
  bodyLimitBytes?: number
}): Api {
  const authenticate = createAuthenticator(followTokens(access, log))
  const admit = (role: Role) => (request: Request, response: Response, next: NextFunction) => {
    const caller = authenticate(request.headers.authorization)
    authorize(caller, role)
    response.locals.caller = caller
    next()
  }
  const observe = createRequestObserver(metrics)
  const router = Router()
  const routes: string[] = []
  const app = createWebApp({
    service,
    log,
    allows: (path) => allowedMethods(routes, path),
    addRoutes(app) {
      addProbes(app, checks, notes, metrics)
      app.use(router)
    },
  })
  return {
    app,
    implement(endpoints, handlers) {
      routes.push(...Object.keys(endpoints))
      implement(router, endpoints, handlers, { admit, observe, bodyLimitBytes })
    },
  }
}

/** `/healthz`, `/readyz` and `/metrics`, open to everybody who reaches the port; they say nothing of content. */
function addProbes(
  app: Express,
  checks: Record<string, ReadinessCheck>,
  notes: Record<string, () => string | undefined>,
  metrics: Metrics,
): void {
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' })
  })
  app.get('/readyz', async (_request, response) => {
    const result = await readiness(checks, notes)
    response.status(result.ready ? 200 : 503).json(result)
  })
  app.get('/metrics', async (_request, response) => {
    response.type('text/plain; version=0.0.4').send(await metrics.text())
  })
}
