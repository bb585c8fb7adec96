import { join } from 'node:path'
import { allowedMethods, contract, openApi, serviceOf } from '@airs-cp/control-api'
import {
  ApiError,
  addOpenEndpoints,
  createMetrics,
  createWebApp,
  type Logger,
  listen,
  type Running,
  running,
} from '@airs-cp/runtime'
import type { ConsoleConfig } from './config.ts'
import { forward } from './forward.ts'
import { createLoginLinks } from './login/login-links.ts'
import { addLoginRoutes } from './login/routes.ts'
import { sessionToken } from './login/session-token.ts'
import { createSessions } from './login/sessions.ts'
import { createWhoIs } from './login/who-is.ts'
import { overallReadiness } from './overall-readiness.ts'
import packageJson from './package.json' with { type: 'json' }
import { addPages } from './pages/routes.ts'

const document = openApi({ version: packageJson.version })
const builtPages = join(import.meta.dirname, 'web', 'dist')
const routes = Object.values(contract.console).flatMap((resource) => Object.keys(resource))

/** The web application, the one origin of all control APIs, and the health of the whole. */
export async function startConsole(config: ConsoleConfig, log: Logger): Promise<Running> {
  const metrics = createMetrics('console')
  const sessions = createSessions()
  const overall = () => overallReadiness(config)
  const app = createWebApp({
    service: 'console',
    log,
    allows: (path) => allowedMethods(routes, path),
    addRoutes(app) {
      addOpenEndpoints(app, contract.console.health, {
        'GET /healthz': async () => ({ status: 'ok' as const }),
        'GET /readyz': async ({ response }) => {
          const found = await overall()
          if (!found.ready) response.status(503)
          return found
        },
        'GET /metrics': async ({ response }) => {
          response.type('text/plain; version=0.0.4').send(await metrics.text())
        },
        'GET /openapi.json': async () => document,
      })
      addLoginRoutes(app, {
        sessions,
        links: createLoginLinks(),
        whoIs: createWhoIs(config.services.policy),
        publicUrl: config.publicUrl,
      })
      app.all('/v1/:resource{/*rest}', async (request, response) => {
        const { resource, rest } = request.params
        const service = serviceOf(resource, rest?.[0])
        if (!service)
          throw new ApiError(
            404,
            'route_unknown',
            `${request.path} is not a control API; apps talk to the ingress at ${config.services.ingress}`,
          )
        const token = sessionToken(sessions, request)
        if (token !== undefined) request.headers.authorization = `Bearer ${token}`
        await forward(config.services[service], service, request, response)
      })
      addPages(app, builtPages, overall)
    },
  })
  await using stack = new AsyncDisposableStack()
  stack.use(await listen(app, { ...config, browsers: { ...config.browsers, allowsNavigation: true } }))
  return running(stack)
}
