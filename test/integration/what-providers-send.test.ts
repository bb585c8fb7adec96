import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { eventTypes } from '@airs-cp/events'
import { until } from '../support/control.ts'
import { startLoneIngress } from '../support/lone-ingress.ts'
import { startNats } from '../support/start-nats.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const key = 'sk-server-0123456789abcdef'

/** An ingress with a credential of the server's own, before a provider that responds as `respond` does. */
async function world(
  t: TestContext,
  respond: (request: IncomingMessage, response: ServerResponse) => void,
  env: Record<string, string> = {},
) {
  const directory = makeTemporaryDirectory()
  const nats = await startNats()
  const upstream = createServer((request, response) => {
    // At its start the ingress asks each address for its models.
    if (request.method === 'GET') response.end('{}')
    else request.resume().once('end', () => respond(request, response))
  })
  await new Promise<void>((listening) => upstream.listen(0, '127.0.0.1', listening))
  const { ingress, url, events } = await startLoneIngress({
    dataDir: join(directory.path, 'data'),
    natsUrl: nats.url,
    upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`,
    env: { AIRS_OPENAI_API_KEY: key, AIRS_KEYS: 'optional', ...env },
  })
  t.after(async () => {
    await ingress.close()
    upstream.closeAllConnections()
    upstream.close()
    await nats[Symbol.asyncDispose]()
    directory.remove()
  })
  const ask = (stream: boolean, signal?: AbortSignal) =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content: 'Hi' }] }),
      redirect: 'error',
      ...(signal && { signal }),
    })
  return { ask, events }
}

for (const stream of [false, true])
  test(`the server's own key reaches neither client nor record, though its provider repeats it under status 200 (${stream ? 'a stream' : 'plain'})`, async (t) => {
    const said = (text: string) =>
      stream
        ? `data: {"choices":[{"index":0,"delta":{"content":"${text}"}}]}\n\n`
        : `{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"${text}"}}]}`
    const { ask, events } = await world(t, ({ headers }, response) => {
      const text = `${said(`you are ${headers.authorization}, are you not?`)}${stream ? 'data: [DONE]\n\n' : ''}`
      const cut = text.indexOf(key) + 9
      response.writeHead(200, {
        'content-type': stream ? 'text/event-stream' : 'application/json',
        'x-you-are': headers.authorization!,
      })
      response.write(text.slice(0, cut), () => setImmediate(() => response.end(text.slice(cut))))
    })
    const response = await ask(stream)
    assert.match(await response.text(), /you are Bearer \[credential\], are you not\?/)
    assert.equal(response.headers.get('x-you-are'), 'Bearer [credential]')
    const recorded = events()
    assert.ok(recorded.some(({ type }) => type === eventTypes.responseCompleted))
    assert.ok(!JSON.stringify(recorded).includes(key))
  })

for (const [cut, recorded] of [
  [1, 's'],
  [key.length - 1, '[credential]'],
] as const)
  test(`of a response that breaks off in the first ${cut} characters of the server's key, ${recorded} is recorded`, async (t) => {
    const { ask, events } = await world(t, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write(`{"object":"chat.completion","said":"the ${key.slice(0, cut)}`, () => response.destroy())
    })
    const response = await ask(false)
    await response.text().catch(() => undefined)
    const failed = await until('the outcome', async () =>
      events().find(({ type }) => type === eventTypes.responseFailed),
    )
    const { body } = (failed as unknown as { data: { body: { text: string } } }).data
    assert.equal(body.text, `{"object":"chat.completion","said":"the ${recorded}`)
  })

for (const stream of [false, true])
  test(`a redirection ends here, with an error that names where to (${stream ? 'a stream' : 'plain'})`, async (t) => {
    const { ask, events } = await world(t, (request, response) =>
      response.writeHead(307, { location: `${request.url}/?signature=1` }).end(),
    )
    // More than the breaker bears of what fails.
    for (let time = 0; time < 7; time++) {
      const response = await ask(stream)
      assert.equal(response.status, 502, await response.clone().text())
      assert.equal(response.headers.get('location'), null)
      const { error } = (await response.json()) as { error: { code: string; message: string } }
      assert.equal(error.code, 'upstream_redirected')
      assert.match(error.message, /redirects to http:\/\/\S+\/v1\/chat\/completions\/ \(status 307\)/)
    }
    assert.equal(events().filter(({ type }) => type === eventTypes.responseFailed).length, 7)
  })

test('where an operation of Azure goes on at its own address, the client is not sent there', async (t) => {
  const { ask } = await world(t, (_request, response) =>
    response
      .writeHead(202, {
        'content-type': 'application/json',
        'operation-location': 'https://name.openai.azure.com/openai/operations/images/1?api-version=1',
        'x-ms-region': 'Sweden Central',
      })
      .end('{"id":"1","status":"notRunning"}'),
  )
  const { status, headers } = await ask(false)
  assert.deepEqual([status, headers.get('x-ms-region')], [202, 'Sweden Central'])
  assert.equal(headers.get('operation-location'), null)
})

test('nobody waits as long as a provider asked for, for a client that has left', async (t) => {
  let calls = 0
  const { ask, events } = await world(
    t,
    (_request, response) => {
      calls++
      response.writeHead(429, { 'retry-after': '86400' }).end('{}')
    },
    { AIRS_MAX_RETRY_WAIT_MS: '86400000' },
  )
  const leaving = new AbortController()
  const asked = ask(false, leaving.signal)
  await until('the provider is asked', async () => calls === 1 || undefined)
  leaving.abort()
  await assert.rejects(asked)
  await until(
    'the outcome',
    async () => events().some(({ type }) => type === eventTypes.responseAborted) || undefined,
  )
  assert.equal(calls, 1)
})
