import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { metaKeys, type Revision } from '@airs-cp/mcp'

// biome-ignore lint/suspicious/noExplicitAny: any message
type Message = any

const text = { type: 'string', 'x-mcp-header': 'Text' }
const tools = [
  { name: 'echo', inputSchema: { type: 'object', properties: { text } } },
  { name: 'ask', inputSchema: { type: 'object' } },
]

/** A server that speaks one revision and refuses whatever is of another. */
export async function startEraServer(revision: Revision) {
  const isStateless = revision === '2026-07-28'
  const sessions = new Set<string>()
  const replies = new Map<string, (reply: Message) => void>()
  const capabilities = { tools: {} }
  const serverInfo = { name: 'era', version: revision }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (request.method !== 'POST') return void response.writeHead(isStateless ? 405 : 200).end()
    const message: Message = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    const { id, method, params = {} } = message
    const { headers } = request
    const json = (value: Message, status = 200, more = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...more })
      response.end(JSON.stringify({ jsonrpc: '2.0', id, ...value }))
    }
    const error = (code: number, status: number, data?: Message) =>
      json({ error: { code, message: `error ${code}`, data } }, status)
    const said = (text: string) => ({ content: [{ type: 'text', text }] })

    if (isStateless) {
      const version = params._meta?.[metaKeys.protocolVersion]
      if (headers['mcp-session-id'] !== undefined) return error(-32600, 400)
      if (version === undefined || headers['mcp-method'] !== method) return error(-32020, 400)
      if (version !== revision) return error(-32022, 400, { supported: [revision], requested: version })
      if (params.name !== undefined && headers['mcp-name'] !== params.name) return error(-32020, 400)
      const result = (value: Message) =>
        json({ result: { resultType: 'complete', ...value, _meta: { [metaKeys.serverInfo]: serverInfo } } })
      const cached = { ttlMs: 0, cacheScope: 'private' }
      if (method === 'server/discover')
        return result({ supportedVersions: [revision], capabilities, ...cached })
      if (method === 'tools/list') return result({ tools, ...cached })
      if (method !== 'tools/call') return error(-32601, 404)
      if (params.name === 'echo' && headers['mcp-param-text'] !== params.arguments.text)
        return error(-32020, 400)
      if (params.name === 'echo') return result(said(params.arguments.text))
      if (params.name !== 'ask') return error(-32602, 200)
      if (params.requestState === 'state-1') return result(said(params.inputResponses.colour.content.colour))
      const question = {
        method: 'elicitation/create',
        params: { message: 'Which colour?', requestedSchema: { type: 'object' } },
      }
      return result({
        resultType: 'input_required',
        inputRequests: { colour: question },
        requestState: 'state-1',
      })
    }

    const session = String(headers['mcp-session-id'])
    if (method === 'initialize') {
      const begun = `s${sessions.size + 1}`
      sessions.add(begun)
      return json({ result: { protocolVersion: revision, capabilities, serverInfo } }, 200, {
        'mcp-session-id': begun,
      })
    }
    if (!sessions.has(session)) return error(-32000, 400)
    const version = headers['mcp-protocol-version']
    if (version !== (revision === '2025-03-26' ? undefined : revision)) return error(-32000, 400)
    if (method === undefined) {
      replies.get(id)?.(message)
      return void response.writeHead(202).end()
    }
    if (id === undefined) return void response.writeHead(202).end()
    if (params._meta !== undefined) return error(-32602, 400)
    if (method === 'ping') return json({ result: {} })
    if (method === 'tools/list') return json({ result: { tools } })
    if (method !== 'tools/call') return error(-32601, 200)
    if (params.name === 'echo') return json({ result: said(params.arguments.text) })
    if (params.name !== 'ask') return error(-32602, 200)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const asked = `q-${session}-${id}`
    const responded = new Promise<Message>((resolve) => replies.set(asked, resolve))
    const question = {
      jsonrpc: '2.0',
      id: asked,
      method: 'elicitation/create',
      params: { message: 'Which colour?', requestedSchema: { type: 'object' } },
    }
    response.write(`event: message\ndata: ${JSON.stringify(question)}\n\n`)
    const { result } = await responded
    response.end(
      `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, result: said(result.content.colour) })}\n\n`,
    )
  }

  const server = createServer((request, response) => void respond(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    revision,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
