import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** A server on the official TypeScript SDK of the second major, which serves all revisions. */
export async function startSecondMajorServer() {
  const sdk = join(import.meta.dirname, 'node_modules/@modelcontextprotocol/server/dist/index.mjs')
  const [{ createMcpHandler, McpServer }, { z }] = await Promise.all([
    import(sdk),
    import(join(import.meta.dirname, 'node_modules/zod/index.js')),
  ])
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'second-major', version: '1' })
    server.registerTool(
      'echo',
      { description: 'Says it back', inputSchema: z.object({ message: z.string() }) },
      ({ message }: { message: string }) => ({ content: [{ type: 'text', text: `Echo: ${message}` }] }),
    )
    server.registerTool('fail', { description: 'Does not work' }, () => ({
      isError: true,
      content: [{ type: 'text', text: 'it went wrong' }],
    }))
    server.registerResource('note', 'note://one', { mimeType: 'text/plain' }, (uri: URL) => ({
      contents: [{ uri: uri.href, text: 'noted' }],
    }))
    server.registerPrompt('greeting', { description: 'Greets' }, () => ({
      messages: [{ role: 'user', content: { type: 'text', text: 'Hello' } }],
    }))
    return server
  })

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
    const reply: Response = await handler.fetch(
      new Request(`http://${request.headers.host}${request.url}`, {
        method: request.method!,
        headers: headers as [string, string][],
        ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
      }),
    )
    response.writeHead(reply.status, Object.fromEntries(reply.headers))
    for await (const chunk of reply.body ?? []) response.write(chunk)
    response.end()
  }

  const http = createServer((request, response) => void respond(request, response))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    async stop() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
