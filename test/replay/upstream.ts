import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ServerShape } from './servers.ts'

export type Upstream = {
  url: string
  /** The body of the last request. */
  lastBody(): string
  close(): void
}

/** Asks for a refusal for too many requests. */
export const limited = 'too many requests'
const limits = () =>
  ({
    messages: [
      429,
      {
        'retry-after': '17',
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-tokens-reset': new Date(Date.now() + 3_600_000).toISOString(),
      },
    ],
    chat: [
      429,
      {
        'retry-after': '17',
        'x-ratelimit-limit-requests': '50',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-tokens': '1h0m0s',
      },
    ],
  }) as const

/** A provider that responds in the shape that the request names in `x-replay`. */
export async function startUpstream(shapes: readonly ServerShape[]): Promise<Upstream> {
  let lastBody = ''
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.once('end', () => {
      lastBody = Buffer.concat(chunks).toString('utf8')
      if (request.headers['x-replay'] === limited) {
        const [status, headers] = request.url!.includes('/messages') ? limits().messages : limits().chat
        response.writeHead(status, { 'content-type': 'application/json', ...headers })
        response.end('{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}')
        return
      }
      const shape = shapes.find(({ name }) => name === request.headers['x-replay'])
      if (!shape) {
        response.writeHead(404).end('{"error":{"message":"no such shape"}}')
        return
      }
      const isStream =
        (JSON.parse(lastBody) as { stream?: boolean }).stream === true ||
        request.url?.includes(':streamGenerateContent') === true
      response.writeHead(200, {
        'content-type': isStream ? 'text/event-stream; charset=utf-8' : 'application/json',
      })
      response.end(isStream ? shape.stream : JSON.stringify(shape.plain))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lastBody: () => lastBody,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
