import { createHash } from 'node:crypto'
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
import { overallReadiness } from './overall-readiness.ts'
import packageJson from './package.json' with { type: 'json' }
import { statusPage, style } from './status-page.ts'

const document = openApi({ version: packageJson.version })
const styleDigest = createHash('sha256').update(style).digest('base64')

/** The one origin of all control APIs, the health of the whole, and a page that shows it. */
export async function startConsole(config: ConsoleConfig, log: Logger): Promise<Running> {
  const metrics = createMetrics('console')
  const app = createWebApp({
    service: 'console',
    log,
    allows: (path) => allowedMethods(Object.keys(contract.console.health), path),
    addRoutes(app) {
      addOpenEndpoints(app, contract.console.health, {
        'GET /healthz': async () => ({ status: 'ok' as const }),
        'GET /readyz': async ({ response }) => {
          const overall = await overallReadiness(config.services)
          if (!overall.ready) response.status(503)
          return overall
        },
        'GET /metrics': async ({ response }) => {
          response.type('text/plain; version=0.0.4').send(await metrics.text())
        },
        'GET /openapi.json': async () => document,
      })
      app.get('/', async (_request, response) => {
        const overall = await overallReadiness(config.services)
        response
          .set(
            'Content-Security-Policy',
            `default-src 'none'; style-src 'sha256-${styleDigest}'; frame-ancestors 'none'`,
          )
          .type('html')
          .send(statusPage(overall))
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
        await forward(config.services[service], service, request, response)
      })
    },
  })
  await using stack = new AsyncDisposableStack()
  stack.use(await listen(app, { ...config, browsers: { ...config.browsers, allowsNavigation: true } }))
  return running(stack)
}
