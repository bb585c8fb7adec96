import type { IncomingMessage, RequestListener } from 'node:http'
import { createMockProvider } from '@airs-cp/providers'
import { listen } from '@airs-cp/runtime'

/** A provider that answers as an attack needs it, by the request's `x-marker`, and else as the mock does. */
export type Upstream = {
  baseUrl: string
  /** Markers of the requests that came here, with their bodies. */
  asked: ReadonlyMap<string, IncomingMessage>
  reply: (marker: string, listener: RequestListener) => void
  close: () => Promise<void>
}

export async function startUpstream(): Promise<Upstream> {
  const asked = new Map<string, IncomingMessage>()
  const listeners = new Map<string, RequestListener>()
  const mock = createMockProvider()
  const running = await listen(
    (request, response) => {
      const marker = String(request.headers['x-marker'] ?? '')
      if (marker) asked.set(marker, request)
      const listener = listeners.get(marker) ?? mock
      listener(request, response)
    },
    { host: '127.0.0.1', port: 0, limits: { writeTimeoutMs: 120_000 } },
  )
  return {
    baseUrl: `${running.url}/v1`,
    asked,
    reply: (marker, listener) => void listeners.set(marker, listener),
    close: () => running.close(0),
  }
}
