import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A webhook that accepts every alert: `env` has the policy service send there. */
export async function startAlertReceiver() {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(204).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    env: {
      AIRS_ALERT_URLS: `http://127.0.0.1:${port}/alerts`,
      AIRS_ALERT_SECRET: 'the-secret-of-the-receiver',
    },
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
