import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventTypes } from '@airs-cp/events'
import { EpochReader } from '@airs-cp/journal'
import { createLogger } from '@airs-cp/runtime'
import { freePort } from '../../infra/local/free-port.ts'
import { readIngressConfig } from '../../services/ingress/config.ts'
import { startIngress } from '../../services/ingress/ingress.ts'
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
  const kept = join(directory.path, 'data/ingress')
  mkdirSync(kept, { recursive: true })
  for (const [file, value] of [
    ['policy-set.json', { version: 1, mode: 'observe', policies: [] }],
    ['client-keys.json', { version: 1, keys: [] }],
    ['quarantine.json', { version: 1, sessions: [] }],
  ] as const)
    writeFileSync(join(kept, file), JSON.stringify(value))
  const port = await freePort()
  const ingress = await startIngress(
    readIngressConfig({
      AIRS_INGRESS_PORT: String(port),
      AIRS_DATA_DIR: join(directory.path, 'data'),
      AIRS_FINGERPRINT_KEY: 'fingerprint-key-of-the-test',
      AIRS_PROVIDER: 'openai',
      AIRS_OPENAI_BASE_URL: `${origin}/v1`,
      AIRS_MCP_FILE: servers,
      NATS_URL: nats.url,
    }),
    createLogger('test', 'silent'),
  )
  const send = (path: string, body: object) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
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
  for (const { exchange, type } of eventsIn(join(kept, 'journal')))
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

function eventsIn(directory: string): { exchange?: string; type: string }[] {
  const [journal] = readdirSync(directory).filter((name) => !name.endsWith('.json'))
  const unread: unknown[] = []
  using reader = new EpochReader(directory, journal!, (report) => unread.push(report))
  return reader.read({ sequence: 1_000 }, 1_000_000).map(({ event }) => JSON.parse(event.toString()))
}
