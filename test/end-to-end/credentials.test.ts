import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { controlOf, until } from '../support/control.ts'
import { filesWith } from '../support/files-with.ts'
import { rawRequest } from '../support/raw-request.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

/** Every canary has this in it, so that one search finds them all; what follows distinguishes them. */
const mark = 'canary9Zq7'
const canary = (name: string) => `sk-${mark}-${name}-0a1b2c3d4e5f`

const messagesResponse =
  '{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"hi"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}'
const chatResponse =
  '{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}'

/**
 * Sends credentials that exist nowhere else down every path that there is, good and bad, and then looks for them in
 * everything that anybody stored, logged or answered.
 */
describe('no credential is written', () => {
  let stack: Stack
  let control: ReturnType<typeof controlOf>
  let directory: TemporaryDirectory
  let clientKey: string
  const seen: string[] = []
  /** A provider that, asked for model `echo`, repeats in its error what it was sent: real ones have done so. */
  const provider = createServer(async (request, response) => {
    const sent = Buffer.concat(await request.toArray())
    const said = JSON.stringify({ url: request.url, ...request.headers })
    seen.push(said)
    if (!sent.includes('"echo"')) {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(request.url?.includes('messages') ? messagesResponse : chatResponse)
      return
    }
    const message = `${'x'.repeat(60_000)} you sent ${said}`
    const body = JSON.stringify({ error: { message, type: 'invalid_request_error' } })
    response.writeHead(401, { 'content-type': 'application/json' })
    for (let at = 0; at < body.length; at += 7_001) response.write(body.slice(at, at + 7_001))
    response.end()
  })

  before(async () => {
    directory = makeTemporaryDirectory()
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
    const upstream = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
    const file = join(directory.path, 'providers.yaml')
    writeFileSync(
      file,
      `
providers:
  through: { kind: openai-compatible, baseUrl: "${upstream}/v1" }
  through-anthropic: { kind: anthropic, baseUrl: "${upstream}" }
  through-azure: { kind: azure, baseUrl: "${upstream}" }
  paid: { kind: openai-compatible, baseUrl: "${upstream}/v1", apiKeyVariable: PAID_API_KEY }
  gone: { kind: openai-compatible, baseUrl: "http://127.0.0.1:1/v1", apiKeyVariable: PAID_API_KEY }
`,
    )
    stack = await startStack({
      dataDir: join(directory.path, 'data'),
      apart: 'all',
      env: {
        AIRS_LOG: 'trace',
        AIRS_PROVIDER: 'through',
        AIRS_PROVIDERS_FILE: file,
        AIRS_OPENAI_BASE_URL: `${upstream}/v1`,
        AIRS_OPENAI_API_KEY: canary('server-openai'),
        AIRS_ANTHROPIC_BASE_URL: upstream,
        AIRS_ANTHROPIC_API_KEY: canary('server-anthropic'),
        AIRS_AZURE_BASE_URL: upstream,
        AIRS_AZURE_API_KEY: canary('server-azure'),
        PAID_API_KEY: canary('server-file'),
      },
    })
    control = controlOf(stack)
    const { key } = await control.json<{ key: string }>('POST', '/v1/keys', { name: 'app' })
    clientKey = key
  })
  after(async () => {
    provider.close()
    provider.closeAllConnections()
    await stack?.stop()
    directory?.remove()
  })

  const body = (model: string) =>
    JSON.stringify({ model, max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] })
  const replies: string[] = []
  const exchanges: string[] = []
  const send = async (target: string, text: string | undefined, headers: Record<string, string>) => {
    const response = await fetch(stack.urls.ingress + target, {
      method: text === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      ...(text !== undefined && { body: text }),
    })
    const reply = await response.text()
    replies.push(JSON.stringify([...response.headers]) + reply)
    exchanges.push(response.headers.get('x-airs-exchange-id')!)
    return { status: response.status, reply }
  }
  const chat = '/v1/chat/completions'
  const messages = '/v1/messages'

  const clientWays: [
    name: string,
    target: string,
    provider: string,
    headers: (secret: string) => Record<string, string>,
  ][] = [
    ['bearer', chat, 'through', (secret) => ({ authorization: `Bearer ${secret}` })],
    ['x-api-key', messages, 'through-anthropic', (secret) => ({ 'x-api-key': secret })],
    ['x-api-key-translated', messages, 'through', (secret) => ({ 'x-api-key': secret })],
    ['api-key', chat, 'through-azure', (secret) => ({ 'api-key': secret })],
    [
      'two-headers',
      chat,
      'through',
      (secret) => ({ authorization: `Bearer ${secret}`, 'x-api-key': `${secret}-2` }),
    ],
  ]
  test('of a client, whichever header it comes in, and whatever becomes of its request', async () => {
    for (const [name, target, to, headers] of clientWays) {
      const secret = canary(name)
      const all = { 'x-airs-provider': to, ...headers(secret) }
      assert.equal((await send(target, body('m'), all)).status, 200, name)
      assert.ok(seen.at(-1)!.includes(secret), `${name} reached the provider`)
      assert.equal((await send(target, body('echo'), all)).status, 401, name)
      assert.equal((await send(target, '{"model": ', all)).status, 400, name)
      assert.equal((await send('/v2/nothing', body('m'), all)).status, 404, name)
      assert.equal((await send('/v1/nothing', body('echo'), all)).status, 401, name)
      const unreachable = await send(target, body('m'), { ...all, 'x-airs-provider': 'gone' })
      assert.equal(unreachable.status, 401, name)
    }
  })

  test('of a client, in the query, in the URL, in a cookie, by another scheme, for a proxy', async () => {
    for (const parameter of [
      'key',
      'api_key',
      'api-key',
      'apikey',
      'token',
      'access_token',
      'subscription-key',
    ])
      await send(`${chat}?alt=json&${parameter}=${canary(parameter)}&b=1`, body('m'), {})
    await send(`/v1/nothing?KEY=${canary('unknown-route')}`, body('m'), {})
    await send(`${chat}?key=${encodeURIComponent(`${canary('encoded')}+/=`)}`, body('m'), {})
    await send(chat, body('m'), { authorization: `Basic ${canary('basic')}` })
    await send(chat, body('m'), { authorization: canary('no-scheme') })
    await send(chat, body('m'), { cookie: `session=${canary('cookie')}` })
    await send(chat, body('m'), { 'proxy-authorization': `Bearer ${canary('proxy')}` })
    const { host } = new URL(stack.urls.ingress!)
    await rawRequest(
      stack.urls.ingress!,
      `GET http://user:${canary('userinfo')}@${host}/v1/models HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    )
    await rawRequest(
      stack.urls.ingress!,
      `GET / HTTP/1.1\r\nAuthorization: Bearer ${canary('broken')}\r\nbroken\r\n\r\n`,
    )
    type Event = { data: { request: { path: string } } }
    await until('a query without its credential', async () => {
      const path = '/v1/events?limit=1000&type=airs.request-received.v1'
      const { events } = await control.json<{ events: Event[] }>('GET', path)
      const said = `${chat}?alt=json&api_key=[credential]&b=1`
      return events.some(({ data }) => data.request.path === said) || undefined
    })
  })

  test("of the server's own, though the provider repeats it in an error", async () => {
    const before = replies.length
    for (const [to, target] of [
      ['openai', chat],
      ['anthropic', messages],
      ['anthropic', chat],
      ['azure', chat],
      ['paid', chat],
    ] as const) {
      const headers = { 'x-airs-provider': to, authorization: `Bearer ${clientKey}` }
      assert.equal((await send(target, body('m'), headers)).status, 200, to)
      assert.ok(seen.at(-1)!.includes(`${mark}-server-`), to)
      assert.equal((await send(target, body('echo'), headers)).status, 401, to)
      const streamed = body('echo').replace('{', '{"stream":true,')
      assert.equal((await send(target, streamed, headers)).status, 401, to)
      const unreachable = await send(target, body('m'), { ...headers, 'x-airs-provider': 'gone' })
      assert.ok([502, 503].includes(unreachable.status), 'it is not there, and then its circuit is open')
    }
    for (const reply of replies.slice(before))
      assert.ok(!reply.includes(`${mark}-server`), 'the client got it')
  })

  test('of the control APIs', async () => {
    for (const origin of Object.values(stack.urls))
      for (const path of ['/v1/mode', '/v1/events', '/v1/nothing', '/%']) {
        await fetch(`${origin}${path}?token=${canary('control-query')}`, {
          headers: { authorization: `Bearer ${canary('control')}` },
        }).then((response) => response.text())
      }
    const reply = await fetch(`${stack.urls.console}/v1/policies`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${stack.token}`, 'content-type': 'application/yaml' },
      body: 'name: [',
    })
    assert.equal(reply.status, 400)
  })

  test('is in no file, log, event, export or metric', async () => {
    for (const exchange of exchanges.filter(Boolean)) await control.events(exchange, 1)
    const exported = (await control.exportEvents()).toString('utf8')
    assert.ok(exported.split('\n').length > exchanges.length)
    const texts: Record<string, string> = { 'the export': exported }
    for (const [name, url] of Object.entries(stack.urls))
      texts[`the metrics of ${name}`] = await (await fetch(`${url}/metrics`)).text()
    for (const [what, text] of Object.entries(texts))
      for (const secret of [mark, clientKey, stack.token])
        assert.ok(!text.includes(secret), `${what}: …${text.slice(text.indexOf(secret) - 80).slice(0, 160)}…`)

    // Everything on disk, also what Postgres still holds in memory.
    const connection = openDatabase({ url: stack.databaseUrl, name: 'test', max: 1 })
    await sql`checkpoint`.execute(connection)
    await connection.destroy()
    const folders = [...new Set([directory.path, stack.postgres!.directory])]
    const files = (secret: string) => folders.flatMap((folder) => filesWith(folder, secret))
    await until('the journal or the store on disk', async () => files(exchanges[0]!).length > 0 || undefined)
    assert.deepEqual(files(mark), [])
    assert.deepEqual(files(clientKey), [])
    const holders = files(stack.token).map((path) => basename(path))
    assert.deepEqual([...new Set(holders)].sort(), ['secrets.json', 'token'])
  })
})
