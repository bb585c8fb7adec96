import { randomUUID, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Message } from './stdio-server.ts'
import { type Sink, type StdioSession, startStdioSession } from './stdio-session.ts'

export type ServeOptions = {
  command: readonly [string, ...string[]]
  env: NodeJS.ProcessEnv
  /** On loopback; 0: any that is free. */
  port: number
  /** The gateway must present it as `Authorization: Bearer …`. */
  token: string | undefined
  note: (text: string) => void
}

export type Served = { url: string; close(): Promise<void> }

const mostSessions = 64
const idleMs = 30 * 60_000
const mostBodyBytes = 16 * 1024 * 1024

/**
 * Serves a program that speaks MCP over stdio as streamable HTTP on loopback, for the gateway. Each session has a run of the
 * program for itself; requests without a session (as of revision 2026-07-28) share one. A session ends with its program, with
 * `DELETE`, or after half an hour without a message.
 *
 * @throws where the port cannot be had.
 */
export async function serveStdio({ command, env, port, token, note }: ServeOptions): Promise<Served> {
  const sessions = new Map<string, { session: StdioSession; usedMs: number }>()
  const shared = 'shared'

  function begin(id: string): StdioSession | undefined {
    if (sessions.size >= mostSessions) return undefined
    const session = startStdioSession(command, { env, note, onEnd: () => void sessions.delete(id) })
    sessions.set(id, { session, usedMs: performance.now() })
    return session
  }

  function find(id: string): StdioSession | undefined {
    const found = sessions.get(id)
    if (!found?.session.isRunning()) return undefined
    found.usedMs = performance.now()
    return found.session
  }

  const expiring = setInterval(() => {
    for (const { session, usedMs } of sessions.values())
      if (performance.now() - usedMs > idleMs) session.stop()
  }, 60_000)
  expiring.unref()

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: number, message: string, code = -32600) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } }))
    }
    const { host = '', origin, authorization, 'mcp-session-id': named } = request.headers
    if (!/^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(host) || origin !== undefined)
      return refuse(403, 'Only the gateway on this machine may call')
    if (token !== undefined && !isSame(authorization ?? '', `Bearer ${token}`))
      return refuse(401, 'The credential is missing or wrong (AIRS_MCP_TOKEN)')
    if ((request.url ?? '').split('?')[0] !== '/mcp') return refuse(404, 'The path is /mcp')
    const id = typeof named === 'string' ? named : undefined
    if (request.method === 'DELETE') {
      if (id !== undefined) find(id)?.stop()
      response.writeHead(204).end()
      return
    }
    if (request.method === 'GET') {
      const session = id === undefined ? undefined : find(id)
      if (!session) return refuse(id === undefined ? 405 : 404, 'No such session')
      response.on('close', session.listen(streamOf(response)))
      return
    }
    if (request.method !== 'POST') return refuse(405, 'POST, GET and DELETE are served')
    const body = await readBody(request)
    if (body === undefined) return refuse(413, `A message may have at most ${mostBodyBytes} bytes`)
    let message: Message
    try {
      message = JSON.parse(body)
    } catch {
      return refuse(400, 'Parse error', -32700)
    }
    if (typeof message !== 'object' || message === null || Array.isArray(message))
      return refuse(400, 'This is no message of JSON-RPC')
    const isHandshake = message.method === 'initialize'
    const key = isHandshake ? randomUUID() : (id ?? shared)
    const session = find(key) ?? (isHandshake || key === shared ? begin(key) : undefined)
    if (!session)
      return isHandshake || key === shared
        ? refuse(503, `${mostSessions} sessions are open; that is the most`, -32603)
        : refuse(404, 'No such session')
    if (message.method === undefined || message.id === undefined) {
      session.pass(message)
      response.writeHead(202).end()
      return
    }
    if (isHandshake) response.setHeader('mcp-session-id', key)
    response.on('close', session.request(message, streamOf(response)))
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: Error) => {
      note(`A request failed: ${error.message}`)
      response.destroy()
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    async close() {
      clearInterval(expiring)
      for (const { session } of sessions.values()) session.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The stream of one request, or of a session: its head goes out at once. */
function streamOf(response: ServerResponse): Sink {
  response.setHeader('content-type', 'text/event-stream')
  response.setHeader('cache-control', 'no-store')
  response.flushHeaders()
  return {
    write: (message) => void response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`),
    end: () => void response.end(),
  }
}

/** Undefined for one that is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBodyBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}
