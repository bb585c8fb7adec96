import { createMockProvider } from '@airs-cp/providers'
import { listen } from '@airs-cp/runtime'

/** The mock provider on an address of its own, which remembers who asked. */
export type Upstream = { baseUrl: string; asked: ReadonlySet<string>; close: () => Promise<void> }

export async function startUpstream(host = '127.0.0.1'): Promise<Upstream> {
  const asked = new Set<string>()
  const reply = createMockProvider()
  const running = await listen(
    (request, response) => {
      const marker = request.headers['x-marker']
      if (marker) asked.add(String(marker))
      reply(request, response)
    },
    { host, port: 0 },
  )
  running.server.keepAliveTimeout = 120_000
  return { baseUrl: `${running.url}/v1`, asked, close: () => running.close(0) }
}
