import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export type RunningServer = {
  url: string
  port: number
  server: Server
  close(timeoutMs?: number): Promise<void>
}

/**
 * Listens, and closes gracefully: no new connections, those in flight may finish within the time limit, then
 * everything is cut.
 * @throws a sentence that names the address when it is taken.
 */
export async function listen(
  listener: RequestListener | Server,
  { host, port }: { host: string; port: number },
): Promise<RunningServer> {
  const server = typeof listener === 'function' ? createServer(listener) : listener
  server.listen({ host, port })
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new Error(`Port ${port} on ${host} is taken by another program; free it or set another port`, {
        cause: error,
      })
    throw error
  }
  const address = server.address() as AddressInfo
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    port: address.port,
    server,
    async close(timeoutMs = 5_000) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const idle = setInterval(() => server.closeIdleConnections(), 50)
      const cut = setTimeout(() => server.closeAllConnections(), timeoutMs)
      await closed
      clearTimeout(cut)
      clearInterval(idle)
    },
  }
}
