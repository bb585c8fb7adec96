import { readiness } from './health.ts'
import type { Logger } from './log.ts'
import { listen, type RunningServer } from './server.ts'
import type { ServerSettings } from './server-settings.ts'
import { endProcess } from './service.ts'

export type Standby = {
  /** Why it waits; the first time, it begins to listen. */
  wait: (reason: string) => void
  /** Makes room for what listens from now on. */
  takeOver: () => Promise<void>
}

/** Whoever reads metrics learns that it lives; those of the work are those of the process that does it. */
const metricsText = [
  '# HELP airs_standby Whether this process waits for its turn while another of its kind works',
  '# TYPE airs_standby gauge',
  'airs_standby 1',
  '',
].join('\n')

/**
 * What a process responds while another of its kind does the work: alive, and not ready, with the reason. So a balancer
 * sends it nothing, and an orchestrator does not restart it.
 */
export function createStandby(settings: ServerSettings & { port: number }, log: Logger): Standby {
  let reason = 'waiting for its turn'
  let server: Promise<RunningServer> | undefined
  const open = () =>
    listen((request, response) => {
      const send = (status: number, body: object) =>
        response
          .writeHead(status, {
            'content-type': 'application/json',
            'cache-control': 'no-store',
            connection: 'close',
          })
          .end(JSON.stringify(body))
      const path = request.url?.split('?', 1)[0]
      if (path === '/healthz') send(200, { status: 'ok' })
      else if (path === '/readyz')
        void readiness({ standby: () => reason }).then((result) => send(503, result))
      else if (path === '/metrics')
        response
          .writeHead(200, { 'content-type': 'text/plain; version=0.0.4', connection: 'close' })
          .end(metricsText)
      else send(503, { error: { code: 'standby', message: reason } })
    }, settings)
  return {
    wait(current) {
      reason = current
      if (server) return
      log.info({ reason }, 'standby: another works, and this one waits for its turn')
      server = open()
      server.catch(endProcess)
    },
    async takeOver() {
      if (!server) return
      await (await server).close(0)
      log.info('standby: takes over')
    },
  }
}
