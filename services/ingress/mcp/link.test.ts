import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { metaKeys, type RpcMessage, readMessage } from '@airs-cp/mcp'
import { clientLeft, type McpCall } from './call.ts'
import { createLink } from './link.ts'
import { openMcpServers } from './servers.ts'

// biome-ignore lint/suspicious/noExplicitAny: any message
type Message = any

/** A link, and a server whose responses `respond` writes. */
async function linkTo(t: TestContext, respond: (message: Message, response: ServerResponse) => void) {
  const received: Message[] = []
  const web = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const message = JSON.parse(Buffer.concat(chunks).toString())
    received.push(message)
    respond(message, response)
  })
  web.listen(0, '127.0.0.1')
  await once(web, 'listening')
  const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/mcp`
  const limits = {
    resultBytes: 1e6,
    streamBytes: 1e6,
    streamMessages: 100,
    connectMs: 60_000,
    idleMs: 60_000,
  }
  const servers = openMcpServers(
    { servers: [{ name: 'files', url, headers: {}, limits, pins: {} }] } as never,
    { host: '127.0.0.1', port: 1 },
  )
  t.after(async () => {
    await servers.close()
    web.closeAllConnections()
    web.close()
  })
  const link = createLink()
  const ended = new AbortController()
  t.after(() => ended.abort())
  const ask = async (id: number, method: string, params: object = {}) => {
    const _meta = { [metaKeys.protocolVersion]: '2026-07-28', [metaKeys.clientInfo]: { name: 'agent' } }
    const json = { jsonrpc: '2.0', id, method, params: { ...params, _meta } }
    const message = readMessage(json) as RpcMessage
    const call = {
      ...{ server: servers.find('files'), revision: '2026-07-28', state: undefined, mirrored: [], message },
      ...{ exchange: { method: 'POST', caller: 'key:1' }, request: { headers: {} }, ended: ended.signal },
    } as unknown as McpCall
    const reply = await link.ask(call, message, { headers: {}, body: JSON.stringify(json) })
    const found: Message[] = []
    for await (const { data } of reply.frames()) if (data !== '') found.push(JSON.parse(data))
    reply.close()
    return found
  }
  return { ask, received, leave: () => ended.abort(clientLeft) }
}

const json = (response: ServerResponse, id: unknown, result: object, headers = {}) =>
  response
    .writeHead(200, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify({ jsonrpc: '2.0', id, result }))

test('a server that cannot say what it speaks is asked again', async (t) => {
  let state: 'down' | 'busy' | 'up' = 'down'
  const { ask } = await linkTo(t, ({ id, method }, response) => {
    if (state !== 'up') return void response.writeHead(state === 'down' ? 503 : 429).end('later')
    json(response, id, method === 'server/discover' ? { supportedVersions: ['2026-07-28'] } : { tools: [] })
  })
  await assert.rejects(ask(1, 'tools/list'), { code: 'upstream_malformed' })
  state = 'busy'
  await assert.rejects(ask(2, 'tools/list'), { code: 'upstream_malformed' })
  state = 'up'
  assert.deepEqual(await ask(3, 'tools/list'), [{ jsonrpc: '2.0', id: 3, result: { tools: [] } }])
})

test('requests of clients that share a session with a server have an id each, and each client gets its own result', async (t) => {
  const waiting = new Map<unknown, { text: string; response: ServerResponse }>()
  const { ask, received } = await linkTo(t, ({ id, method, params }, response) => {
    if (method === 'initialize')
      return json(
        response,
        id,
        { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 's' } },
        { 'mcp-session-id': 's1' },
      )
    if (method === 'server/discover') return void response.writeHead(400).end()
    if (id === undefined) return void response.writeHead(202).end()
    // As servers do, it knows by the id where a result goes; it has both calls before it responds to one.
    const text = params.arguments.text
    waiting.set(id, { text, response })
    if (received.filter(({ method }) => method === 'tools/call').length < 2) return
    for (const [id, { text, response }] of waiting) json(response, id, { content: [text] })
  })
  const results = Promise.all(
    ['one', 'two'].map((text) => ask(1, 'tools/call', { name: 'echo', arguments: { text } })),
  )
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error('no result')), 120_000).unref())
  const found = (await Promise.race([results, late])) as Message[][]
  assert.deepEqual(
    found.map(([{ id, result }]) => [id, result.content[0]]),
    [
      [1, 'one'],
      [1, 'two'],
    ],
  )
  const ids = received.filter(({ method }) => method === 'tools/call').map(({ id }) => id)
  assert.equal(new Set(ids).size, 2)
})

test('a server is told that a client without a session has left', async (t) => {
  const asked = Promise.withResolvers<unknown>()
  const told = Promise.withResolvers<Message>()
  const { ask, leave } = await linkTo(t, (message, response) => {
    const { id, method } = message
    if (method === 'initialize')
      return json(response, id, {
        protocolVersion: '2025-06-18',
        capabilities: {},
        serverInfo: { name: 's' },
      })
    if (method === 'server/discover') return void response.writeHead(400).end()
    if (method === 'tools/call') return asked.resolve(id)
    if (method === 'notifications/cancelled') told.resolve(message)
    response.writeHead(202).end()
  })
  const left = assert.rejects(ask(7, 'tools/call', { name: 'slow', arguments: {} }))
  const id = await asked.promise
  leave()
  await left
  const { params } = await told.promise
  assert.deepEqual(params, { requestId: id, reason: 'The client has left' })
})
