import assert from 'node:assert/strict'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const mebibyte = 1024 * 1024
const question = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] })

describe('what one client may cost the others', () => {
  let directory: TemporaryDirectory
  let stack: Stack
  let isStarted = false
  /** A provider whose address leads back to the ingress, under another name. */
  const roundabout = createServer((request, response) => {
    // The ingress asks each provider at its start whether it is one.
    if (!isStarted) return void response.writeHead(503).end()
    const back = httpRequest(
      `${stack.urls.ingress}${request.url}`,
      { method: request.method!, headers: { ...request.headers, host: 'localhost' } },
      (reply) => {
        response.writeHead(reply.statusCode!, reply.headers)
        reply.pipe(response)
      },
    )
    request.pipe(back)
  })

  before(async () => {
    directory = makeTemporaryDirectory()
    await new Promise<void>((resolve) => roundabout.listen(0, '127.0.0.1', resolve))
    stack = await startStack({
      dataDir: directory.path,
      env: {
        AIRS_OLLAMA_BASE_URL: `http://127.0.0.1:${(roundabout.address() as AddressInfo).port}/v1`,
        AIRS_MAX_BODY_BYTES: String(4 * mebibyte),
        AIRS_MAX_BYTES_IN_FLIGHT: String(8 * mebibyte),
        AIRS_MAX_EXCHANGES_PER_CLIENT: '4',
        AIRS_MAX_JSON_VALUES: '100000',
      },
    })
    isStarted = true
  })
  after(async () => {
    roundabout.closeAllConnections()
    roundabout.close()
    await stack?.stop()
    directory?.remove()
  })

  const ask = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${stack.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })
  const codeOf = async (response: Response) =>
    ((await response.json()) as { error: { code: string } }).error.code

  test('a request that comes round again ends at once', async () => {
    const response = await ask(question, { 'x-airs-provider': 'ollama' })
    assert.equal(response.status, 508)
    assert.equal(await codeOf(response), 'loop_detected')
  })

  test('bodies that are never finished leave room for clients that finish theirs', async () => {
    const { hostname, port } = new URL(stack.urls.ingress!)
    const strangers: Socket[] = []
    for (let count = 0; count < 6; count += 1) {
      const socket = connect(Number(port), hostname).on('error', () => {})
      socket.write(
        `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer stranger-${count}\r\n` +
          `Content-Type: application/json\r\nContent-Length: ${3 * mebibyte}\r\n\r\n`,
      )
      socket.write(Buffer.alloc(2.5 * mebibyte, 0x20))
      strangers.push(socket)
    }
    const refused = await Promise.race(
      strangers.map(
        (socket) => new Promise<string>((resolve) => socket.on('data', (data) => resolve(String(data)))),
      ),
    )
    assert.match(refused, /^HTTP\/1\.1 503 [\s\S]*retry-after: 1[\s\S]*overloaded/i)
    for (const socket of strangers) socket.destroy()
    assert.equal((await ask(question)).status, 200)
  })

  test('a client with many exchanges under way is refused, and another is served', async () => {
    const slow = JSON.stringify({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'mock:latency=8000 text="slow"' }],
    })
    const busy = Array.from({ length: 6 }, () => ask(slow, { authorization: 'Bearer busy' }))
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    assert.equal((await ask(question, { authorization: 'Bearer calm' })).status, 200)
    const statuses = (await Promise.all(busy)).map(({ status }) => status)
    assert.deepEqual(statuses.sort(), [200, 200, 200, 200, 429, 429])
    assert.equal((await ask(question, { authorization: 'Bearer busy' })).status, 200)
  })

  test('a body of very many values is refused before it is parsed', async () => {
    const body = `{"model":"gpt-4o-mini","messages":[],"metadata":[${'[],'.repeat(1_000_000)}[]]}`
    const response = await ask(body)
    assert.equal(response.status, 413)
    assert.equal(await codeOf(response), 'too_many_values')
  })

  test('what a page of another site can send without being asked is refused', async () => {
    for (const type of ['text/plain', 'text/plain;charset=UTF-8', 'application/x-www-form-urlencoded']) {
      const response = await ask(question, { 'content-type': type })
      assert.equal(response.status, 415, type)
      assert.equal(await codeOf(response), 'unsupported_media_type')
    }
  })
})
