import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

// biome-ignore lint/suspicious/noExplicitAny: tests read and write any message
type Message = any

export type Received = { method: string; headers: IncomingHttpHeaders; message: Message }

const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, 'x'))

/**
 * An MCP server whose every response is written by the test: by the tool that is called, so that a client can provoke whatever
 * a server may do wrong. It checks nothing and speaks every revision.
 */
export async function startScriptedServer() {
  const received: Received[] = []
  const tools: Message[] = [
    {
      name: 'echo',
      description: 'Says it back',
      inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
    },
  ]
  const open = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    open.add(response)
    response.on('close', () => open.delete(response))
    void respond(request, response)
  })

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    const message: Message = text === '' ? undefined : JSON.parse(text)
    received.push({ method: request.method ?? '', headers: request.headers, message })
    const json = (value: Message, status = 200) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(isHandshake && { 'mcp-session-id': 'upstream-1' }),
      })
      response.end(JSON.stringify(value))
    }
    const isHandshake = message?.method === 'initialize'
    const result = (value: Message) => json({ jsonrpc: '2.0', id: message.id, result: value })
    if (request.method === 'DELETE') return void response.writeHead(200).end()
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const later = /^later-(.*)$/.exec(String(request.headers['last-event-id']))?.[1]
      if (later !== undefined) {
        const text = later === 'again' ? 'card 4111 1111 1111 1111' : undefined
        const said = { jsonrpc: '2.0', id: 7, result: { content: [{ type: 'text', text }] } }
        return void response.end(
          text ? `id: end\ndata: ${JSON.stringify(said)}\n\n` : 'id: later-again\nretry: 10\ndata: \n\n',
        )
      }
      response.write(`id: after-${request.headers['last-event-id'] ?? 'none'}\ndata: \n\n`)
      const changed = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' }
      response.write(`event: message\ndata: ${JSON.stringify(changed)}\n\n`)
      if (request.headers['last-event-id'] !== 'before-silence') response.end()
      return
    }
    if (message.result?.content?.which === 'the one that breaks') return void request.socket.destroy()
    if (message.id === undefined || message.method === undefined) return void response.writeHead(202).end()
    if (isHandshake)
      return result({
        protocolVersion: message.params.protocolVersion,
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: 'scripted', version: '1' },
      })
    if (message.method === 'server/discover')
      return result({ supportedVersions: ['2026-07-28'], capabilities: {} })
    if (message.method === 'tools/list') return result({ tools })
    if (message.method !== 'tools/call')
      return json({ jsonrpc: '2.0', id: message.id, error: { code: -32601, message: 'Method not found' } })
    const { name, arguments: given = {} } = message.params
    const said = (value: string, more = {}) => ({ content: [{ type: 'text', text: value }], ...more })
    const stream = (...messages: Message[]) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const one of messages) response.write(`event: message\ndata: ${JSON.stringify(one)}\n\n`)
    }
    const progress = {
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: 1, progress: 1 },
    }
    switch (name) {
      case 'fail':
        return result(said('it went wrong', { isError: true }))
      case 'error':
        return json({ jsonrpc: '2.0', id: message.id, error: { code: -32602, message: 'no such tool' } })
      case 'hang':
        return
      case 'cut':
        stream(progress)
        setTimeout(() => response.destroy(), 20)
        return
      case 'half':
        response.writeHead(200, { 'content-type': 'application/json' })
        return void response.end('{"jsonrpc":"2.0","id":')
      case 'half-event':
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        return void response.end('data: {"jsonrpc":"2.0","id":1')
      case 'no-rpc':
        return json({ hello: 'world' })
      case 'page':
        response.writeHead(200, { 'content-type': 'text/html' })
        return void response.end('<h1>Welcome</h1>')
      case 'wrong-id':
        return json({ jsonrpc: '2.0', id: 'another', result: said('not yours') })
      case 'denied':
        return json({ error: 'invalid_token' }, 401)
      case 'later':
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write('id: later-once\nretry: 10\ndata: \n\n')
        if (given.cut) setTimeout(() => response.destroy(), 20)
        else response.end()
        return
      case 'no-result':
        stream(progress)
        return void response.end()
      case 'large': {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.write(
          `{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":{"content":[{"type":"text","text":"`,
        )
        const block = 'x'.repeat(1024 * 1024)
        for (let sent = 0; sent < given.megabytes && !response.destroyed; sent++)
          if (!response.write(block)) await Promise.race([once(response, 'drain'), once(response, 'close')])
        return void response.end('"}]}}')
      }
      case 'deep': {
        const nested = `${'['.repeat(5_000)}${']'.repeat(5_000)}`
        response.writeHead(200, { 'content-type': 'application/json' })
        return void response.end(`{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":${nested}}`)
      }
      case 'packed': {
        const text = JSON.stringify({ jsonrpc: '2.0', id: message.id, result: said('x'.repeat(1024)) })
        const bodies: Record<string, string | Buffer> = { bomb, plain: text, packed: gzipSync(text) }
        const { encoding, body } = given
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding })
        return void response.end(bodies[body])
      }
      case 'flood': {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        const event = `event: message\ndata: ${JSON.stringify({ ...progress, params: { ...progress.params, message: given.text } })}\n\n`
        while (!response.destroyed)
          if (!response.write(event)) await Promise.race([once(response, 'drain'), once(response, 'close')])
        return
      }
      case 'elsewhere':
        response.writeHead(307, { location: 'http://127.0.0.1:9/' })
        return void response.end()
      case 'steps':
        stream(progress, {
          jsonrpc: '2.0',
          method: 'notifications/message',
          params: { level: 'info', data: given.text },
        })
        return void response.end(
          `data: ${JSON.stringify({ jsonrpc: '2.0', id: message.id, result: said('done') })}\n\n`,
        )
      case 'numbered': {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        const params = { level: 'info', data: given.text }
        const said = { jsonrpc: '2.0', method: 'notifications/message', params }
        response.write(`id: event-1\nretry: 500\ndata: ${JSON.stringify(said)}\n\n`)
        return void response.end(
          `data: ${JSON.stringify({ jsonrpc: '2.0', id: message.id, result: {} })}\n\n`,
        )
      }
      case 'beside': {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(': fine\n\n: say xyzzy\n\n: card 4111 1111 1111 1111\n\n')
        response.write(`id: event-1\nfoo: xyzzy\ndata: ${JSON.stringify(progress)}\n\n`)
        return void response.end(
          `data: ${JSON.stringify({ jsonrpc: '2.0', id: message.id, result: {} })}\n\n`,
        )
      }
      case 'ask': {
        stream({
          jsonrpc: '2.0',
          id: 'q1',
          method: 'elicitation/create',
          params: { message: 'Which one?', requestedSchema: { type: 'object', properties: {} } },
        })
        for (;;) {
          const reply = received.find((one) => one.message?.id === 'q1' && one.message.method === undefined)
          if (reply || response.destroyed) {
            response.end(
              `data: ${JSON.stringify({ jsonrpc: '2.0', id: message.id, result: said(JSON.stringify(reply?.message.result)) })}\n\n`,
            )
            return
          }
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
      }
      default:
        return result(said(String(given.text ?? '')))
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    received,
    tools,
    async stop() {
      for (const response of open) response.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
