import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventTypes } from '@airs-cp/events'
import { startLoneIngress } from '../support/lone-ingress.ts'
import { startNats } from '../support/start-nats.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const bodies = new Map([
  ['/mcp', '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}'],
  ['/v1/chat/completions', '{"id":"c","object":"chat.completion","choices":[]}'],
])

test('an exchange has one outcome, whatever fails once it is recorded', async (t) => {
  const directory = makeTemporaryDirectory()
  t.after(directory.remove)
  await using nats = await startNats()
  const upstream = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' }).end(bodies.get(request.url!))
  })
  await new Promise<void>((listening) => upstream.listen(0, '127.0.0.1', listening))
  t.after(() => upstream.close())
  const origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  const servers = join(directory.path, 'mcp.yaml')
  writeFileSync(servers, `servers:\n  tools:\n    url: ${origin}/mcp\n`)
  const { ingress, port, url, events } = await startLoneIngress({
    dataDir: join(directory.path, 'data'),
    natsUrl: nats.url,
    upstream: `${origin}/v1`,
    env: { AIRS_MCP_FILE: servers },
  })
  const send = (path: string, body: object) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify(body),
    }).then(
      (response) => response.status,
      () => 'cut',
    )
  const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'look', arguments: {} } }
  const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }
  failHeadsOf(port)
  t.after(() => failHeadsOf(undefined))
  assert.equal(await send('/mcp/tools', call), 'cut')
  assert.equal(await send('/v1/chat/completions', chat), 'cut')
  await ingress.close()

  const types = new Map<string, string[]>()
  for (const { exchange, type } of events())
    if (exchange !== undefined) types.set(exchange, [...(types.get(exchange) ?? []), type])
  assert.equal(types.size, 2)
  for (const of of types.values())
    assert.deepEqual(of, [eventTypes.requestReceived, eventTypes.responseCompleted])
})

const { writeHead } = ServerResponse.prototype

/** Every head of a response that a server of this process would send from that port cannot be written. */
function failHeadsOf(port: number | undefined): void {
  ServerResponse.prototype.writeHead = function (this: ServerResponse, ...head: unknown[]) {
    if (this.req.socket.localPort === port) throw new Error('This head cannot be written')
    return (writeHead as (...head: unknown[]) => ServerResponse).apply(this, head)
  } as typeof writeHead
}
